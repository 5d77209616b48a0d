#include "telemetry/trace_context.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "base/random.h"

namespace penstock::telemetry {
namespace {

constexpr size_t kTraceparentBytes = 55;
constexpr size_t kSpanIdAt = 36;
constexpr size_t kFlagsAt = 53;

bool isLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isId(std::string_view text) {
  return isLowerHex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

// Of at most 16 hex digits.
uint64_t fromHex(std::string_view digits) {
  uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

// SplitMix64's finalizer: every bit of the input changes half of the output's.
uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

bool isTraceparent(std::string_view text) {
  return text.size() == kTraceparentBytes && text.starts_with("00-") && text[35] == '-' &&
         text[52] == '-' && isId(traceIdOf(text)) && isId(spanIdOf(text)) &&
         isLowerHex(text.substr(kFlagsAt));
}

bool isSampled(std::string_view traceparent) {
  return (fromHex(traceparent.substr(kFlagsAt)) & 1) != 0;
}

TraceContext continueTrace(std::string_view traceparent, double sample_ratio) {
  const uint64_t span_id = fastRandom() | 1;  // never zero
  if (isTraceparent(traceparent)) {
    return {fmt::format("{}{:016x}{}", traceparent.substr(0, 36), span_id, traceparent.substr(52)),
            std::string(spanIdOf(traceparent))};
  }
  const std::string trace_id = fmt::format("{:016x}{:016x}", fastRandom() | 1, fastRandom());
  const char* flags = inSample(trace_id, sample_ratio) ? "01" : "00";
  return {fmt::format("00-{}-{:016x}-{}", trace_id, span_id, flags), {}};
}

bool inSample(std::string_view trace_id, double ratio) {
  constexpr size_t kRandomDigits = 14;
  constexpr double kRandomValues = 0x1p56;
  const uint64_t random = fromHex(trace_id.substr(trace_id.size() - kRandomDigits));
  return static_cast<double>(random) >= (1 - ratio) * kRandomValues;
}

std::string attemptSpanId(std::string_view request_span_id, size_t index) {
  return fmt::format("{:016x}", mixed(fromHex(request_span_id) + index + 1) | 1);
}

std::string attemptTraceparent(std::string_view traceparent, size_t index) {
  std::string made(traceparent.substr(0, kSpanIdAt));
  made += attemptSpanId(spanIdOf(traceparent), index);
  return made.append(traceparent.substr(kFlagsAt - 1));
}

}  // namespace penstock::telemetry
