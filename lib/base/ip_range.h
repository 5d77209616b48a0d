#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock {

// An IPv4 or IPv6 address as 16 bytes; IPv4 stands as IPv4-mapped IPv6 (::ffff:a.b.c.d), and a
// mapped address is that IPv4 address, however it was written.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};

  bool isV4() const;
  std::string text() const;  // "10.0.0.1", "2001:db8::1"
  bool operator==(const IpAddress&) const = default;
};

// A literal, never a name; no zone ("%eth0"), no port, no brackets. Nothing when it is none.
std::optional<IpAddress> parseIp(std::string_view text);

// An address or a CIDR range. Canonical: bits beyond the prefix are zero.
struct IpRange {
  IpAddress network;
  int bits = 128;  // of the 16 bytes: IPv4's /8 is 104

  // IPv4 addresses are in IPv4 ranges only: "::/0" is all of IPv6, "0.0.0.0/0" all of IPv4.
  bool contains(const IpAddress& address) const;
  std::string text() const;  // "10.0.0.0/8", "2001:db8::/32"; one address has no suffix
  bool operator==(const IpRange&) const = default;
};

// "10.0.0.0/8", "2001:db8::/32", or an address alone. Host bits are accepted and cleared, so
// "10.1.2.3/8" is 10.0.0.0/8: people paste what `ip addr` shows. Nothing when it is no range.
std::optional<IpRange> parseIpRange(std::string_view text);

// Who may call. Immutable once made; allocates nothing when asked.
class IpAllowList {
 public:
  IpAllowList() = default;  // allows all
  explicit IpAllowList(std::vector<IpRange> ranges) : ranges_(std::move(ranges)) {}

  // Unprocessable when a text is no range; `param` is its place, "/3", to be appended to the
  // field's.
  static Result<IpAllowList> parse(std::span<const std::string> texts);

  // Whether the address literal is in one of the ranges. An empty list allows everything, others
  // nothing that is no address.
  bool allows(std::string_view address) const;
  bool empty() const { return ranges_.empty(); }
  const std::vector<IpRange>& ranges() const { return ranges_; }

 private:
  std::vector<IpRange> ranges_;
};

}  // namespace penstock
