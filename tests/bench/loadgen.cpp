// Sends requests at a fixed rate over keep-alive connections, whatever the server does (wrk, being
// a closed loop, slows down with it), and reports latencies as one JSON object. A body that asks
// for a stream has its frames counted.
//
//   bench_loadgen --port N --path P --key K --body FILE --rate R --requests N --connections C
//                 [--skip N]         leave the first N requests out of the latencies
//                 [--events N]       a stream must hold exactly N frames
//                 [--announce-open]  print {"open":N} once every stream has its first frame
#include <sys/prctl.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "net.h"
#include "response_reader.h"

namespace penstock::bench {
namespace {

using Arguments = std::map<std::string, std::string>;

struct Plan {
  uint16_t port;
  std::string request;  // head and body, the same each time
  double rate;
  size_t requests;
  size_t connections;
  size_t skip;
  long events;  // frames a stream must hold; -1 when no stream is asked for
  bool announce_open;
};

struct Outcome {
  std::vector<double> total_us, first_us;
  size_t failed = 0;      // refused, broken, or not a 200
  size_t incomplete = 0;  // streams that ended early
  long frames = 0;
  long misplaced = 0;
  int last_bad_status = 0;
};

class LoadGenerator {
 public:
  explicit LoadGenerator(const Plan& plan) : plan_(plan) {}

  Outcome run() {
    const SteadyTime begin = SteadyClock::now();
    const SteadyTime limit =
        begin + std::chrono::seconds(
                    60 + static_cast<long>(static_cast<double>(plan_.requests) / plan_.rate));
    const auto gap = std::chrono::duration_cast<SteadyClock::duration>(
        std::chrono::duration<double>(1.0 / plan_.rate));
    size_t sent = 0;
    while (finished_ < plan_.requests && SteadyClock::now() < limit) {
      const SteadyTime due = begin + gap * static_cast<long>(sent);
      if (sent < plan_.requests && SteadyClock::now() >= due && trySend(sent, due)) {
        ++sent;
        continue;
      }
      const bool can_send = sent < plan_.requests && hasFreeConnection();
      epoll_.wait(can_send ? due : limit, [&](int fd, uint32_t) { onReadable(fd); });
    }
    outcome_.failed += plan_.requests - finished_;
    return outcome_;
  }

 private:
  struct Connection {
    bool busy = false;
    size_t index = 0;  // of the request in flight
    SteadyTime started;
    SteadyTime first;  // when the first frame, or body byte, came
    bool has_first = false;
    ResponseReader response;
    FrameCounter frames;
  };

  bool hasFreeConnection() const { return !idle_.empty() || open_ < plan_.connections; }

  bool trySend(size_t index, SteadyTime due) {
    // Waiting for a connection is the server's doing and counts; our own late wake-up does not.
    const bool waited = starved_;
    starved_ = !hasFreeConnection();
    if (starved_) return false;
    const int fd = idle_.empty() ? openConnection() : idle_.back();
    if (!idle_.empty()) idle_.pop_back();
    Connection& connection = *connections_[static_cast<size_t>(fd)];
    connection = Connection{};
    connection.busy = true;
    connection.index = index;
    connection.started = waited ? due : SteadyClock::now();
    std::string_view left = plan_.request;
    while (!left.empty()) {
      const ssize_t size = send(fd, left.data(), left.size(), MSG_NOSIGNAL);
      if (size <= 0) {
        finish(fd, connection, false);
        break;
      }
      left.remove_prefix(static_cast<size_t>(size));
    }
    return true;
  }

  int openConnection() {
    const int fd = connectTo(plan_.port);
    const auto index = static_cast<size_t>(fd);
    if (index >= connections_.size()) connections_.resize(index + 256);
    connections_[index] = std::make_unique<Connection>();
    epoll_.add(fd, EPOLLIN);
    ++open_;
    return fd;
  }

  void onReadable(int fd) {
    Connection& connection = *connections_[static_cast<size_t>(fd)];
    const ssize_t size = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0 || !connection.busy) return finish(fd, connection, false);
    connection.response.feed({buffer_.data(), static_cast<size_t>(size)},
                             [&](std::string_view body) { onBody(connection, body); });
    if (connection.response.state() == ResponseReader::State::Broken) finish(fd, connection, false);
    if (connection.response.state() == ResponseReader::State::Done) finish(fd, connection, true);
  }

  void onBody(Connection& connection, std::string_view body) {
    if (plan_.events >= 0) connection.frames.feed(body);
    if (connection.has_first || (plan_.events >= 0 && connection.frames.frames() == 0)) return;
    connection.has_first = true;
    connection.first = SteadyClock::now();
    if (++streams_open_ == plan_.requests && plan_.announce_open) {
      std::printf("{\"open\":%zu}\n", plan_.requests - finished_);
      std::fflush(stdout);
    }
  }

  void finish(int fd, Connection& connection, bool whole) {
    if (connection.busy) account(connection, whole);
    connection.busy = false;
    if (whole) {
      idle_.push_back(fd);
      return;
    }
    idle_.erase(std::remove(idle_.begin(), idle_.end(), fd), idle_.end());
    close(fd);
    --open_;
  }

  void account(const Connection& connection, bool whole) {
    ++finished_;
    if (!whole || connection.response.status() != 200) {
      ++outcome_.failed;
      outcome_.last_bad_status = connection.response.status();
    }
    if (plan_.events >= 0) {
      outcome_.frames += connection.frames.frames();
      outcome_.misplaced += connection.frames.misplaced();
      if (!connection.frames.complete()) ++outcome_.incomplete;
    }
    if (connection.index < plan_.skip) return;
    const std::chrono::duration<double, std::micro> total = SteadyClock::now() - connection.started;
    outcome_.total_us.push_back(total.count());
    if (!connection.has_first) return;
    const std::chrono::duration<double, std::micro> first = connection.first - connection.started;
    outcome_.first_us.push_back(first.count());
  }

  const Plan plan_;
  Epoll epoll_;
  std::vector<char> buffer_ = std::vector<char>(64 * 1024);
  std::vector<std::unique_ptr<Connection>> connections_;  // by file descriptor
  std::vector<int> idle_;
  size_t open_ = 0;
  size_t finished_ = 0;
  size_t streams_open_ = 0;
  bool starved_ = false;
  Outcome outcome_;
};

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return -1;
  const auto rank = static_cast<long>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<size_t>(rank)];
}

void print(Outcome outcome, const Plan& plan) {
  const long expected = plan.events >= 0 ? plan.events * static_cast<long>(plan.requests) : 0;
  std::printf(R"({"requests":%zu,"failed":%zu,"last_bad_status":%d,"p50_us":%.1f,"p99_us":%.1f,)"
              R"("first_p50_us":%.1f,"first_p99_us":%.1f,"frames":%ld,"frames_expected":%ld,)"
              R"("misplaced":%ld,"incomplete":%zu})"
              "\n",
              plan.requests, outcome.failed, outcome.last_bad_status,
              percentile(outcome.total_us, 0.5), percentile(outcome.total_us, 0.99),
              percentile(outcome.first_us, 0.5), percentile(outcome.first_us, 0.99), outcome.frames,
              expected, outcome.misplaced, outcome.incomplete);
}

Arguments parseArguments(int argc, char** argv) {
  Arguments arguments{{"--skip", "0"}, {"--events", "-1"}, {"--key", "none"}};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    arguments[name] = name == "--announce-open" || i + 1 == argc ? "yes" : argv[++i];
  }
  return arguments;
}

Plan makePlan(Arguments arguments) {
  std::ifstream file(arguments["--body"]);
  std::stringstream body;
  body << file.rdbuf();
  if (!file || body.str().empty()) die("--body");
  const std::string port = arguments["--port"];
  const std::string head =
      "POST " + arguments["--path"] + " HTTP/1.1\r\nHost: 127.0.0.1:" + port +
      "\r\nAuthorization: Bearer " + arguments["--key"] +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.str().size()) +
      "\r\n\r\n";
  return {.port = static_cast<uint16_t>(std::stoul(port)),
          .request = head + body.str(),
          .rate = std::stod(arguments["--rate"]),
          .requests = std::stoul(arguments["--requests"]),
          .connections = std::stoul(arguments["--connections"]),
          .skip = std::stoul(arguments["--skip"]),
          .events = std::stol(arguments["--events"]),
          .announce_open = arguments.contains("--announce-open")};
}

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  using namespace penstock::bench;
  prctl(PR_SET_TIMERSLACK, 1UL);  // wake up on time, not within the default 50 µs
  const Plan plan = makePlan(parseArguments(argc, argv));
  print(LoadGenerator(plan).run(), plan);
}
