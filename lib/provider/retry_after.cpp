#include "provider/retry_after.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <string>

#include "base/text.h"

namespace penstock::provider {
namespace {

constexpr double kMostMillis = 86'400'000;

std::optional<double> parseNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

std::optional<int64_t> bounded(double millis) {
  if (!(millis >= 0)) return std::nullopt;
  return static_cast<int64_t>(std::ceil(std::min(millis, kMostMillis)));
}

double unitMillis(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit == "s") return 1000;
  if (unit == "m") return 60'000;
  if (unit == "h") return 3'600'000;
  if (unit == "d") return 86'400'000;
  return -1;
}

std::optional<int64_t> untilDate(std::string_view text, UnixMillis now) {
  const auto date = parseDate(text);
  if (!date) return std::nullopt;
  return bounded(static_cast<double>(std::max<int64_t>(*date - now, 0)));
}

// Of a limit that has nothing left: -1 and absence mean that nobody knows.
bool isUsedUp(std::string_view remaining) { return remaining == "0"; }

std::optional<int64_t> fromLimits(const http::HeaderList& headers, UnixMillis now) {
  std::optional<int64_t> longest;
  const auto note = [&longest](std::optional<int64_t> wait) {
    if (wait) longest = std::max(longest.value_or(0), *wait);
  };
  for (const char* what : {"requests", "tokens"}) {
    const std::string prefix = "x-ratelimit-";
    if (isUsedUp(headers.get(prefix + "remaining-" + what)))
      note(parseDuration(headers.get(prefix + "reset-" + what)));
  }
  for (const char* what : {"requests", "tokens", "input-tokens", "output-tokens"}) {
    const std::string prefix = std::string("anthropic-ratelimit-") + what;
    if (isUsedUp(headers.get(prefix + "-remaining")))
      note(untilDate(headers.get(prefix + "-reset"), now));
  }
  return longest;
}

}  // namespace

std::optional<int64_t> parseDuration(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (const auto seconds = parseNumber(text)) return bounded(*seconds * 1000);
  double millis = 0;
  while (!text.empty()) {
    const size_t digits = text.find_first_not_of("0123456789.");
    const auto number = parseNumber(text.substr(0, digits));
    if (!number || digits == std::string_view::npos) return std::nullopt;
    text.remove_prefix(digits);
    const size_t letters = std::min(text.find_first_of("0123456789."), text.size());
    const double unit = unitMillis(text.substr(0, letters));
    if (unit < 0) return std::nullopt;
    millis += *number * unit;
    text.remove_prefix(letters);
  }
  return bounded(millis);
}

std::optional<UnixMillis> parseDate(std::string_view text) {
  const std::string date(trim(text));
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ"}) {
    std::tm parts{};
    const char* end = strptime(date.c_str(), format, &parts);
    if (end != nullptr && *end == '\0') return static_cast<UnixMillis>(timegm(&parts)) * 1000;
  }
  return std::nullopt;
}

std::optional<int64_t> readRetryAfter(const http::HeaderList& headers, UnixMillis now) {
  if (const auto millis = parseNumber(trim(headers.get("retry-after-ms")))) return bounded(*millis);
  const std::string_view after = trim(headers.get("retry-after"));
  if (const auto seconds = parseNumber(after)) return bounded(*seconds * 1000);
  if (auto wait = untilDate(after, now)) return wait;
  return fromLimits(headers, now);
}

}  // namespace penstock::provider
