#include "http/address.h"

#include <arpa/inet.h>

#include <array>
#include <cstring>

namespace penstock::http {
namespace {

struct Range4 {
  uint32_t network;
  int bits;
};

constexpr uint32_t ip4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry, as far as it is not globally reachable.
constexpr Range4 kNotPublic4[] = {
    {ip4(0, 0, 0, 0), 8},      {ip4(10, 0, 0, 0), 8},     {ip4(100, 64, 0, 0), 10},
    {ip4(127, 0, 0, 0), 8},    {ip4(169, 254, 0, 0), 16}, {ip4(172, 16, 0, 0), 12},
    {ip4(192, 0, 0, 0), 24},   {ip4(192, 0, 2, 0), 24},   {ip4(192, 88, 99, 0), 24},
    {ip4(192, 168, 0, 0), 16}, {ip4(198, 18, 0, 0), 15},  {ip4(198, 51, 100, 0), 24},
    {ip4(203, 0, 113, 0), 24}, {ip4(224, 0, 0, 0), 4},    {ip4(240, 0, 0, 0), 4},
};

bool isPublic4(uint32_t address) {
  for (const Range4& range : kNotPublic4) {
    if (((address ^ range.network) >> (32 - range.bits)) == 0) return false;
  }
  return true;
}

uint32_t read32(const uint8_t* bytes) { return ip4(bytes[0], bytes[1], bytes[2], bytes[3]); }

bool hasPrefix(const uint8_t* address, std::initializer_list<uint8_t> prefix) {
  return std::memcmp(address, prefix.begin(), prefix.size()) == 0;
}

bool isPublic6(const uint8_t* a) {
  static constexpr std::array<uint8_t, 10> kZeros{};
  if (std::memcmp(a, kZeros.data(), 10) == 0 && a[10] == 0xff && a[11] == 0xff) {
    return isPublic4(read32(a + 12));  // ::ffff:a.b.c.d
  }
  if (hasPrefix(a, {0x00, 0x64, 0xff, 0x9b})) return false;         // NAT64, both prefixes
  if (hasPrefix(a, {0x20, 0x02})) return isPublic4(read32(a + 2));  // 6to4
  // 2001::/23: Teredo, ORCHID, benchmarking and other protocol assignments.
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] < 0x02) return false;
  if (hasPrefix(a, {0x20, 0x01, 0x0d, 0xb8})) return false;       // documentation
  if (a[0] == 0x3f && a[1] == 0xff && a[2] < 0x10) return false;  // documentation, 3fff::/20
  // Global unicast is 2000::/3; everything else (::, ::1, fc00::/7, fe80::/10, ff00::/8, …) is not.
  return (a[0] & 0xe0) == 0x20;
}

}  // namespace

uint16_t SocketAddress::port() const {
  if (storage.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  if (storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
  }
  return 0;
}

std::string SocketAddress::host() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (storage.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, text, sizeof text);
  } else if (storage.ss_family == AF_INET6) {
    const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      inet_ntop(AF_INET, address.s6_addr + 12, text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &address, text, sizeof text);
    }
  } else {
    return "local";  // a socket pair inside the process
  }
  return text;
}

std::optional<SocketAddress> parseAddress(std::string_view literal, uint16_t port) {
  const std::string text(literal);
  if (text.find('\0') != std::string::npos) return std::nullopt;  // where inet_pton() stops reading
  SocketAddress result;
  auto& v4 = reinterpret_cast<sockaddr_in&>(result.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    result.length = sizeof v4;
    return result;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(result.storage);
  if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    result.length = sizeof v6;
    return result;
  }
  return std::nullopt;
}

bool isPublicAddress(const SocketAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    return isPublic4(ntohl(reinterpret_cast<const sockaddr_in&>(address.storage).sin_addr.s_addr));
  }
  if (address.storage.ss_family == AF_INET6) {
    return isPublic6(reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr.s6_addr);
  }
  return false;
}

bool isPrivateHost(const std::string& host) {
  if (const auto address = parseAddress(host, 0)) return !isPublicAddress(*address);
  std::string_view name = host;
  if (name.ends_with('.')) name.remove_suffix(1);
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace penstock::http
