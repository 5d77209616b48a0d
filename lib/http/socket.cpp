#include "http/socket.h"

#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/text.h"

namespace penstock::http {
namespace {

// Bursts of connects must not wait for SYN retries: cpp-httplib's fixed 5 cost up to 14 s
// (spec/pinned-packages.md). The kernel caps it at net.core.somaxconn.
constexpr int kBacklog = 4096;

ApiError systemError(const std::string& what) {
  return internalError(what + ": " + std::generic_category().message(errno));
}

}  // namespace

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<SocketAddress> parseListenAddress(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parseUnsigned(text.substr(colon + 1));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty() || host == "*") host = "0.0.0.0";
  if (port && *port <= 65535) {
    if (auto address = parseAddress(host, static_cast<uint16_t>(*port))) return *address;
  }
  return invalidRequest(
      "invalid_listen_address",
      "listen address must be ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080");
}

Result<Socket> listenOn(const SocketAddress& address) {
  Socket socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return systemError("socket");
  const int on = 1;
  setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const std::string where = address.host() + ":" + std::to_string(address.port());
  if (::bind(socket.fd(), address.get(), address.length) != 0)
    return systemError("cannot bind " + where);
  if (::listen(socket.fd(), kBacklog) != 0) return systemError("cannot listen on " + where);
  return socket;
}

Result<Socket> connectTo(const SocketAddress& address) {
  Socket socket(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return systemError("socket");
  setNoDelay(socket.fd());
  if (::connect(socket.fd(), address.get(), address.length) != 0 && errno != EINPROGRESS) {
    return systemError("cannot connect to " + address.host());
  }
  return socket;
}

int pendingError(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

std::pair<Socket, Socket> socketPair() {
  int fds[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) {
    throw std::system_error(errno, std::generic_category(), "socketpair");
  }
  return {Socket(fds[0]), Socket(fds[1])};
}

void setNoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void setResetOnClose(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace penstock::http
