// The provider that `make bench` talks to: one thread, one epoll, fixed answers. It must be so
// cheap that the gateways in front of it are what is measured.
//
//   bench_upstream [--port N]      prints {"port":N} when it listens; SIGTERM ends it
//
//   POST any path                  a chat completion of about 1 KB, or, when the body holds
//                                  "stream":true, a paced stream: numbered frames, then the finish
//                                  and usage chunks and [DONE]
//   GET  /control?events=N&interval_us=N   sets the pace of new streams, answers the counters
#include <algorithm>
#include <cstring>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "net.h"

namespace penstock::bench {
namespace {

constexpr std::string_view kUsage =
    R"("usage":{"prompt_tokens":180,"completion_tokens":160,"total_tokens":340})";
constexpr std::string_view kChunkStart =
    R"({"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1700000000,)"
    R"("model":"gpt-4o-mini","choices":[)";

std::string wholeAnswer(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string completion() {
  std::string body =
      R"({"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":)"
      R"("gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":")";
  while (body.size() < 850) body += "The penstock leads the water to the wheel. ";
  body += R"("},"logprobs":null,"finish_reason":"stop"}],)";
  return body.append(kUsage) + "}";
}

std::string chunk(std::string_view data) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + std::string(data) + "\r\n";
}

// One frame of about 200 bytes. The number lets the receiver see a lost or doubled one.
std::string frame(long number) {
  char text[320];
  const int size = std::snprintf(
      text, sizeof text,
      R"(data: %s{"index":0,"delta":{%s"content":"#%06ld water"},"finish_reason":null}]})"
      "\n\n",
      kChunkStart.data(), number == 0 ? R"("role":"assistant",)" : "", number);
  return chunk({text, static_cast<size_t>(size)});
}

std::string lastFrames() {
  const std::string start = "data: " + std::string(kChunkStart);
  return chunk(start + R"({"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n\n") +
         chunk(start + "]," + std::string(kUsage) + "}\n\n") + chunk("data: [DONE]\n\n") +
         "0\r\n\r\n";
}

class Upstream {
 public:
  explicit Upstream(uint16_t port) : listener_(listenOn(port)) {
    epoll_.add(listener_, EPOLLIN);
    std::printf("{\"port\":%d}\n", localPort(listener_));
    std::fflush(stdout);
  }

  [[noreturn]] void run() {
    while (true) {
      const SteadyTime idle = SteadyClock::now() + std::chrono::seconds(1);
      epoll_.wait(due_.empty() ? idle : due_.top().at, [&](int fd, uint32_t events) {
        if (fd == listener_) {
          acceptAll();
        } else {
          onEvents(fd, events);
        }
      });
      const SteadyTime now = SteadyClock::now();
      while (!due_.empty() && due_.top().at <= now) {
        const Due due = due_.top();
        due_.pop();
        sendNextFrame(due, now);
      }
    }
  }

 private:
  struct Connection {
    int fd;
    uint64_t serial;    // tells a stream's timer that the descriptor was reused
    std::string head;   // of a request that has not fully arrived
    std::string probe;  // the first bytes of the body: enough to see whether it asks for a stream
    size_t body_left = 0;
    bool in_body = false;
    long next_frame = -1;  // -1: no stream is running
    std::string unsent;
    bool partial = false;  // the socket was full: waiting for EPOLLOUT
  };
  struct Due {
    SteadyTime at;
    int fd;
    uint64_t serial;
    bool operator<(const Due& other) const { return at > other.at; }  // earliest on top
  };

  Connection* find(int fd) {
    return static_cast<size_t>(fd) < connections_.size()
               ? connections_[static_cast<size_t>(fd)].get()
               : nullptr;
  }

  void acceptAll() {
    int fd = -1;
    while ((fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
      noDelay(fd);
      const auto index = static_cast<size_t>(fd);
      if (index >= connections_.size()) connections_.resize(index + 256);
      connections_[index] = std::make_unique<Connection>();
      connections_[index]->fd = fd;
      connections_[index]->serial = ++serials_;
      epoll_.add(fd, EPOLLIN);
    }
  }

  void drop(int fd) {
    if (find(fd)->next_frame >= 0) ++cut_;
    close(fd);
    connections_[static_cast<size_t>(fd)].reset();
  }

  void onEvents(int fd, uint32_t events) {
    Connection* connection = find(fd);
    if (connection == nullptr) return;
    if ((events & EPOLLOUT) != 0 && !flush(*connection)) return drop(fd);
    if ((events & ~static_cast<uint32_t>(EPOLLOUT)) == 0) return;
    const ssize_t size = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0 || !consume(*connection, {buffer_.data(), static_cast<size_t>(size)})) drop(fd);
  }

  // False when the connection is to be dropped.
  bool consume(Connection& connection, std::string_view bytes) {
    while (!bytes.empty()) {
      if (!connection.in_body) {
        connection.head += bytes;
        const size_t end = connection.head.find("\r\n\r\n");
        if (end == std::string::npos) return true;
        bytes.remove_prefix(bytes.size() - (connection.head.size() - end - 4));
        connection.head.resize(end + 2);
        connection.in_body = true;
        connection.body_left = contentLength(connection.head);
        connection.probe.clear();
      }
      const std::string_view body = bytes.substr(0, connection.body_left);
      constexpr size_t kProbeBytes = 1024;
      const size_t missing = kProbeBytes - std::min(kProbeBytes, connection.probe.size());
      connection.probe += body.substr(0, missing);
      connection.body_left -= body.size();
      bytes.remove_prefix(body.size());
      if (connection.body_left > 0) continue;
      connection.in_body = false;
      const bool alive = answer(connection);
      connection.head.clear();
      if (!alive) return false;
    }
    return true;
  }

  static size_t contentLength(const std::string& head) {
    std::string lower = head;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return static_cast<size_t>(numberAfter(lower, "\r\ncontent-length:", 0));
  }

  bool answer(Connection& connection) {
    const std::string_view head = connection.head;
    const std::string_view target = head.substr(0, head.find("\r\n"));
    if (target.starts_with("GET /control")) {
      events_ = numberAfter(target, "events=", events_);
      interval_ = std::chrono::microseconds(numberAfter(target, "interval_us=", interval_.count()));
      return sendBytes(connection, wholeAnswer(counters()));
    }
    if (target.starts_with("GET ")) {
      return sendBytes(connection, wholeAnswer(R"({"object":"list","data":[]})"));
    }
    ++requests_;
    if (connection.probe.find(R"("stream":true)") == std::string::npos) {
      return sendBytes(connection, completion_);
    }
    ++streams_;
    connection.next_frame = 0;
    due_.push({SteadyClock::now(), connection.fd, connection.serial});
    return sendBytes(connection,
                     "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n");
  }

  void sendNextFrame(const Due& due, SteadyTime now) {
    Connection* connection = find(due.fd);
    if (connection == nullptr || connection->serial != due.serial) return;
    const bool last = connection->next_frame == events_;
    const std::string bytes = last ? last_frames_ : frame(connection->next_frame++);
    if (last) {
      connection->next_frame = -1;
    } else {
      ++frames_;
    }
    if (!sendBytes(*connection, bytes)) return drop(due.fd);
    // A stream that fell behind catches up by its own clock, but never by a burst.
    if (!last) due_.push({std::max(due.at, now - interval_) + interval_, due.fd, due.serial});
  }

  // False when the peer has left.
  bool sendBytes(Connection& connection, std::string_view bytes) {
    connection.unsent += bytes;
    return connection.partial || flush(connection);
  }

  bool flush(Connection& connection) {
    const std::string& bytes = connection.unsent;
    const ssize_t sent = send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return false;
    const bool was_partial = connection.partial;
    if (sent > 0) connection.unsent.erase(0, static_cast<size_t>(sent));
    connection.partial = !connection.unsent.empty();
    if (connection.partial != was_partial) {
      epoll_.change(connection.fd, connection.partial ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
    return true;
  }

  std::string counters() const {
    return "{\"requests\":" + std::to_string(requests_) +
           ",\"streams\":" + std::to_string(streams_) + ",\"frames\":" + std::to_string(frames_) +
           ",\"cut\":" + std::to_string(cut_) + "}";
  }

  const int listener_;
  const std::string completion_ = wholeAnswer(completion());
  const std::string last_frames_ = lastFrames();
  Epoll epoll_;
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
  std::vector<std::unique_ptr<Connection>> connections_;  // by file descriptor
  std::priority_queue<Due> due_;
  uint64_t serials_ = 0;
  long events_ = 20;
  std::chrono::microseconds interval_{20'000};
  long requests_ = 0;
  long streams_ = 0;
  long frames_ = 0;
  long cut_ = 0;  // streams whose reader left before the end
};

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  const bool has_port = argc == 3 && std::strcmp(argv[1], "--port") == 0;
  const int port = has_port ? std::atoi(argv[2]) : 0;
  penstock::bench::Upstream(static_cast<uint16_t>(port)).run();
}
