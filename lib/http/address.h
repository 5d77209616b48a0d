#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace penstock::http {

// A socket address with its length, IPv4 or IPv6.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  uint16_t port() const;
  // "127.0.0.1" or "::1"; an IPv4-mapped IPv6 address is shown as IPv4.
  std::string host() const;
};

// An address literal ("127.0.0.1", "::1"), never a name.
std::optional<SocketAddress> parseAddress(std::string_view literal, uint16_t port);

// True for addresses of the public Internet. False for loopback, private (RFC 1918, ULA),
// link-local (cloud metadata among them), CGNAT, multicast, unspecified, reserved and documentation
// ranges, and for IPv6 forms that embed such an IPv4 address (mapped, compatible, NAT64, 6to4,
// Teredo).
bool isPublicAddress(const SocketAddress& address);

// What can be told of a URL's host before DNS: a literal that is not public, or "localhost". The
// client checks again when it connects.
bool isPrivateHost(const std::string& host);

}  // namespace penstock::http
