#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"

namespace penstock::json {

// Appends `text` as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD, so the output is
// always valid; line breaks are escaped, so it fits on an SSE data line.
void appendString(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

// Writes JSON text at the end of a string, compact, in order of the calls. It places commas; that
// begin and end match and that keys are unique is the caller's business.
//
//   std::string out;
//   json::Writer w(out);
//   w.beginObject().field("id", id).field("created", 123).key("data").beginArray();
//   w.endArray().endObject();
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& beginObject() { return open('{'); }
  Writer& endObject() { return close('}'); }
  Writer& beginArray() { return open('['); }
  Writer& endArray() { return close(']'); }
  Writer& key(std::string_view name);

  Writer& null() { return raw("null"); }
  // Text that is already JSON.
  Writer& raw(std::string_view json);

  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(std::same_as<bool> auto flag) { return raw(flag ? "true" : "false"); }
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Writer& value(T number) {
    if constexpr (std::signed_integral<T>) return signedNumber(number);
    return unsignedNumber(static_cast<uint64_t>(number));
  }
  // The shortest text that reads back the same; NaN and infinities become null.
  Writer& value(double number);
  // Decimal dollars, exact: 0.000125.
  Writer& value(Money amount);
  // number / 10^places (up to 18), exact and without trailing zeros: decimal(1500, 3) is 1.5.
  Writer& decimal(int64_t number, int places);
  template <typename T>
  Writer& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }

  template <typename T>
  Writer& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  Writer& rawField(std::string_view name, std::string_view json) { return key(name).raw(json); }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  Writer& signedNumber(int64_t number);
  Writer& unsignedNumber(uint64_t number);
  template <typename Integer>
  Writer& whole(Integer number);
  void string(std::string_view text, std::string_view behind);
  void separate();

  std::string& out_;
  bool comma_ = false;
};

}  // namespace penstock::json
