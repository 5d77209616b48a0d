#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// What the bench programs share: sockets on loopback, and one epoll with nanosecond timeouts.
// Anything that fails ends the program; a bench has no caller to tell.
namespace penstock::bench {

using SteadyClock = std::chrono::steady_clock;
using SteadyTime = SteadyClock::time_point;

[[noreturn]] inline void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void noDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// A listening socket; port 0 takes any free one, which localPort() tells.
inline int listenOn(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("bind");
  if (listen(fd, 4096) != 0) die("listen");
  return fd;
}

inline uint16_t localPort(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) die("getsockname");
  return ntohs(address.sin_port);
}

// Connects while blocking (loopback answers at once), then reads and writes without.
inline int connectTo(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die("socket");
  const sockaddr_in address = loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) die("connect");
  noDelay(fd);
  return fd;
}

// Level-triggered readiness by file descriptor.
class Epoll {
 public:
  Epoll() : fd_(epoll_create1(0)) {
    if (fd_ < 0) die("epoll_create1");
  }
  ~Epoll() { close(fd_); }
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  void add(int fd, uint32_t events) { control(EPOLL_CTL_ADD, fd, events); }
  void change(int fd, uint32_t events) { control(EPOLL_CTL_MOD, fd, events); }

  // Waits for events until `until`; calls each(fd, events).
  template <typename Each>
  void wait(SteadyTime until, Each each) {
    const auto left = std::max(until - SteadyClock::now(), SteadyClock::duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec timeout{seconds.count(), (left - seconds).count()};
    epoll_event events[512];
    const int count = epoll_pwait2(fd_, events, 512, &timeout, nullptr);
    if (count < 0 && errno != EINTR) die("epoll_pwait2");
    for (int i = 0; i < count; ++i) each(events[i].data.fd, events[i].events);
  }

 private:
  void control(int operation, int fd, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (epoll_ctl(fd_, operation, fd, &event) != 0) die("epoll_ctl");
  }

  const int fd_;
};

// The number after `key` in text, or `fallback`: for heads, queries and our own frames.
inline long numberAfter(std::string_view text, std::string_view key, long fallback) {
  const size_t at = text.find(key);
  if (at == std::string_view::npos) return fallback;
  size_t digit = at + key.size();
  while (digit < text.size() && text[digit] == ' ') ++digit;
  long value = 0;
  size_t end = digit;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') {
    value = value * 10 + (text[end++] - '0');
  }
  return end == digit ? fallback : value;
}

}  // namespace penstock::bench
