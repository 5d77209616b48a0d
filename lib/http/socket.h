#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "http/address.h"

namespace penstock::http {

// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~Socket() { close(); }

  int fd() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// "127.0.0.1:8080", "[::1]:8080"; the host must be an address literal or "localhost".
Result<SocketAddress> parseListenAddress(std::string_view text);

// A non-blocking listening socket. SO_REUSEADDR only: with SO_REUSEPORT a second process could bind
// the same port and take half of the traffic. The error names the address.
Result<Socket> listenOn(const SocketAddress& address);

// Starts a non-blocking TCP connect with TCP_NODELAY; completion shows as writability.
Result<Socket> connectTo(const SocketAddress& address);

// The pending error of a socket (SO_ERROR), 0 when none.
int pendingError(int fd);

// A connected pair of non-blocking stream sockets inside this process.
std::pair<Socket, Socket> socketPair();

void setNoDelay(int fd);

// Makes close() send a reset instead of an orderly end, dropping what was not sent.
void setResetOnClose(int fd);

}  // namespace penstock::http
