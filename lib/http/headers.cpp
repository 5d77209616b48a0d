#include "http/headers.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/text.h"

namespace penstock::http {
namespace {

constexpr std::string_view kColon = ": ", kEnd = "\r\n";

}  // namespace

// Eight bytes at a time: hardly any head has one of those, and every answer's is looked at.
bool breaksHead(std::string_view text) {
  constexpr auto kBreaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  constexpr uint64_t kOnes = 0x0101010101010101;
  uint64_t word = 0;
  if (text.size() < sizeof word) return std::ranges::any_of(text, kBreaks);
  const auto breaks_at = [&](size_t at) {
    std::memcpy(&word, text.data() + at, sizeof word);
    const uint64_t low = (word - kOnes * ('\r' + 1)) & ~word & kOnes * 0x80;  // a byte up to CR
    return low != 0 && std::ranges::any_of(text.substr(at, sizeof word), kBreaks);
  };
  const size_t last = text.size() - sizeof word;  // where the last eight begin, some seen before
  for (size_t at = 0; at < last; at += sizeof word) {
    if (breaks_at(at)) return true;
  }
  return breaks_at(last);
}

HeaderView Headers::Iterator::operator*() const {
  const size_t name = rest_.find(kColon.front());
  const size_t value = name + kColon.size();
  return {rest_.substr(0, name), rest_.substr(value, rest_.find(kEnd.front(), value) - value)};
}

Headers::Iterator& Headers::Iterator::operator++() {
  rest_.remove_prefix(rest_.find(kEnd.front()) + kEnd.size());
  return *this;
}

Headers::Headers(std::initializer_list<HeaderView> headers) {
  for (const HeaderView& header : headers) add(header.name, header.value);
}

void Headers::append(std::string_view name, std::string_view value) {
  lines_.append(name).append(kColon).append(value).append(kEnd);
}

std::string_view Headers::get(std::string_view name) const {
  for (const HeaderView header : *this) {
    if (equalsIgnoreCase(header.name, name)) return header.value;
  }
  return {};
}

}  // namespace penstock::http
