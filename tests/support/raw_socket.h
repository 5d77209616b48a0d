#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "support/patience.h"

namespace penstock::test {

// An HTTP answer as it stood on the wire.
struct RawResponse {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;                 // decoded
  std::vector<std::string> chunks;  // as they were framed
  bool complete = false;            // its framing says so

  std::string header(std::string_view name) const {
    std::string found;
    split(head, '\n', [&](std::string_view line) {
      const size_t colon = line.find(':');
      if (colon == std::string_view::npos || !equalsIgnoreCase(line.substr(0, colon), name)) return;
      found = trim(line.substr(colon + 1, line.size() - colon - 2));
    });
    return found;
  }
  bool has(std::string_view name) const { return !header(name).empty(); }
};

// One end of a blocking connection on which a test writes and reads bytes as it likes. Every wait
// is bounded; what did not happen in time shows as fewer bytes, never as a hang.
class RawSocket {
 public:
  enum class End { Open, Eof, Reset, Timeout };

  explicit RawSocket(int fd = -1) : fd_(fd) { setTimeout(kPatience); }
  RawSocket(RawSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        ssl_(std::move(other.ssl_)),
        buffer_(std::move(other.buffer_)),
        end_(other.end_) {}
  RawSocket& operator=(RawSocket&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    ssl_ = std::move(other.ssl_);
    buffer_ = std::move(other.buffer_);
    end_ = other.end_;
    return *this;
  }
  ~RawSocket() { close(); }

  // Connects to 127.0.0.1. A small `receive_buffer` makes a client that takes little at a time.
  // A receive buffer for clients that are to read slowly: a few segments of the loopback (64 KiB).
  // Below one segment TCP's own timers back off for seconds on a loaded machine.
  static constexpr int kSmallBuffer = 256 << 10;

  static RawSocket connect(uint16_t port, int receive_buffer = 0) {
    RawSocket raw(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer > 0)
      setsockopt(raw.fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    setsockopt(raw.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(raw.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("connect");
    return raw;
  }

  // Speaks TLS from here on, trusting whatever certificate comes. False when the handshake failed.
  bool startTls() {
    static SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    return startTls(context, SSL_connect);
  }
  bool startTls(SSL_CTX* context, int (*handshake)(SSL*)) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd_);
    return handshake(ssl_.get()) == 1;
  }
  SSL* ssl() { return ssl_.get(); }

  void setTimeout(std::chrono::milliseconds limit) {
    timeval time{};
    time.tv_sec = limit.count() / 1000;
    time.tv_usec = (limit.count() % 1000) * 1000;
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  }

  // False when not all could be sent: the peer has closed, or takes nothing.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ssl_
                               ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // Each byte (or `step` bytes) in a packet of its own.
  bool sendSlowly(std::string_view bytes, size_t step = 1) {
    for (size_t i = 0; i < bytes.size(); i += step) {
      if (!send(bytes.substr(i, step))) return false;
    }
    return true;
  }

  // Reads until `marker` stands in what came; returns all up to and with it, or what came at all.
  std::string readUntil(std::string_view marker) {
    while (true) {
      if (const size_t at = buffer_.find(marker); at != std::string::npos)
        return take(at + marker.size());
      if (!fill()) return take(buffer_.size());
    }
  }
  std::string readExactly(size_t size) {
    while (buffer_.size() < size && fill()) {
    }
    return take(std::min(size, buffer_.size()));
  }
  // Everything up to the end of the connection.
  std::string readToEnd() {
    while (fill()) {
    }
    return take(buffer_.size());
  }
  // How the connection stands after waiting for its end.
  End end() {
    while (fill()) {
    }
    return end_;
  }
  // True when nothing comes and nothing ends for `time`.
  bool quiet(std::chrono::milliseconds time) {
    pollfd entry{fd_, POLLIN, 0};
    return buffer_.empty() && ::poll(&entry, 1, static_cast<int>(time.count())) == 0;
  }

  // One answer. `to_head`: to a HEAD request, so without a body.
  RawResponse response(bool to_head = false) {
    RawResponse response;
    response.head = readUntil("\r\n\r\n");
    if (!response.head.starts_with("HTTP/1.1 ")) return response;
    response.status = std::atoi(response.head.c_str() + 9);
    if (to_head || response.status == 204 || response.status == 304 || response.status < 200) {
      response.complete = true;
    } else if (response.header("Transfer-Encoding") == "chunked") {
      readChunks(response);
    } else if (response.has("Content-Length")) {
      const auto length =
          static_cast<size_t>(std::atoll(response.header("Content-Length").c_str()));
      response.body = readExactly(length);
      response.complete = response.body.size() == length;
    } else {
      response.body = readToEnd();
      response.complete = end_ == End::Eof;
    }
    return response;
  }

  void shutdownWrite() { ::shutdown(fd_, SHUT_WR); }
  // Ends the connection by a reset.
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    ssl_.reset();
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  int fd() const { return fd_; }

 private:
  struct SslDelete {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  bool fill() {
    if (end_ == End::Eof || end_ == End::Reset) return false;
    char bytes[16 << 10];
    const ssize_t got =
        ssl_ ? SSL_read(ssl_.get(), bytes, sizeof bytes) : ::recv(fd_, bytes, sizeof bytes, 0);
    if (got > 0) {
      buffer_.append(bytes, static_cast<size_t>(got));
      return true;
    }
    if (ssl_) {
      const int error = SSL_get_error(ssl_.get(), static_cast<int>(got));
      end_ = error == SSL_ERROR_ZERO_RETURN ? End::Eof
             : error == SSL_ERROR_WANT_READ ? End::Timeout
                                            : End::Reset;
    } else {
      end_ = got == 0 ? End::Eof : errno == EAGAIN ? End::Timeout : End::Reset;
    }
    return false;
  }
  std::string take(size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }
  void readChunks(RawResponse& response) {
    while (true) {
      const std::string line = readUntil("\r\n");
      if (!line.ends_with("\r\n")) return;
      const size_t size = std::strtoul(line.c_str(), nullptr, 16);
      const std::string data = readExactly(size);
      if (data.size() != size || readExactly(2) != "\r\n") return;
      if (size == 0) break;
      response.body += data;
      response.chunks.push_back(data);
    }
    response.complete = true;
  }

  int fd_;
  std::unique_ptr<SSL, SslDelete> ssl_;
  std::string buffer_;
  End end_ = End::Open;
};

// A port on 127.0.0.1 whose connections the test itself serves.
class RawListener {
 public:
  RawListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_, 128) != 0) {
      throw std::runtime_error("listen");
    }
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~RawListener() { ::close(fd_); }
  RawListener(const RawListener&) = delete;
  RawListener& operator=(const RawListener&) = delete;

  uint16_t port() const { return port_; }
  // True when a connection waits to be accepted within the time.
  bool waits(std::chrono::milliseconds time) const {
    pollfd entry{fd_, POLLIN, 0};
    return ::poll(&entry, 1, static_cast<int>(time.count())) == 1;
  }
  RawSocket accept() const {
    if (!waits(kPatience)) throw std::runtime_error("nobody connects");
    RawSocket raw(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
    const int on = 1;
    setsockopt(raw.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return raw;
  }

 private:
  int fd_;
  uint16_t port_ = 0;
};

}  // namespace penstock::test
