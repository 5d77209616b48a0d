#include "base/ip_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace penstock {
namespace {

constexpr std::array<uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr int kMappedBits = 96;

void clearBeyond(IpAddress& address, int bits) {
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    address.bytes[static_cast<size_t>(i)] &= static_cast<uint8_t>(0xff00 >> kept);
  }
}

// Digits only, without leading zeros: "/08" is not what anybody means.
std::optional<int> parseBits(std::string_view text, int max) {
  int bits = -1;
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, bits);
  if (error != std::errc() || at != end || bits < 0 || bits > max) return std::nullopt;
  return bits;
}

}  // namespace

bool IpAddress::isV4() const { return std::equal(kMapped.begin(), kMapped.end(), bytes.begin()); }

std::string IpAddress::text() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (isV4()) {
    ::inet_ntop(AF_INET, bytes.data() + kMapped.size(), text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  }
  return text;
}

std::optional<IpAddress> parseIp(std::string_view text) {
  char terminated[INET6_ADDRSTRLEN + 1] = {};
  if (text.empty() || text.size() >= sizeof terminated || text.find('\0') != text.npos)
    return std::nullopt;
  std::memcpy(terminated, text.data(), text.size());
  IpAddress address;
  if (::inet_pton(AF_INET6, terminated, address.bytes.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
  if (::inet_pton(AF_INET, terminated, address.bytes.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

bool IpRange::contains(const IpAddress& address) const {
  if (address.isV4() && bits < kMappedBits) return false;
  IpAddress start = address;
  clearBeyond(start, bits);
  return start == network;
}

std::string IpRange::text() const {
  std::string text = network.text();
  if (bits == 128) return text;
  const bool v4 = bits >= kMappedBits && network.isV4();
  return text + "/" + std::to_string(v4 ? bits - kMappedBits : bits);
}

std::optional<IpRange> parseIpRange(std::string_view text) {
  const size_t slash = text.find('/');
  const std::string_view literal = text.substr(0, slash);
  const auto address = parseIp(literal);
  if (!address) return std::nullopt;
  IpRange range{*address};
  if (slash == text.npos) return range;
  const bool dotted = literal.find(':') == literal.npos;
  const auto bits = parseBits(text.substr(slash + 1), dotted ? 32 : 128);
  if (!bits) return std::nullopt;
  range.bits = dotted ? kMappedBits + *bits : *bits;
  clearBeyond(range.network, range.bits);
  return range;
}

Result<IpAllowList> IpAllowList::parse(std::span<const std::string> texts) {
  std::vector<IpRange> ranges;
  ranges.reserve(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto range = parseIpRange(texts[i]);
    if (!range) {
      return ApiError{ErrorKind::Unprocessable, "validation_error",
                      "must be an IP address or a CIDR range, such as 10.0.0.0/8",
                      "/" + std::to_string(i)};
    }
    ranges.push_back(*range);
  }
  return IpAllowList(std::move(ranges));
}

bool IpAllowList::allows(std::string_view address) const {
  if (ranges_.empty()) return true;
  const auto parsed = parseIp(address);
  return parsed && std::any_of(ranges_.begin(), ranges_.end(),
                               [&](const IpRange& range) { return range.contains(*parsed); });
}

}  // namespace penstock
