#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace penstock::demo {

// What a request asks to go wrong, or to go slowly. The table is in README.md.
struct Faults {
  std::chrono::milliseconds latency{0};  // before the first byte
  std::chrono::milliseconds pace{0};     // before each event after the first
  std::optional<int> status;             // answer this error instead
  std::optional<int> retry_after;        // seconds; without a status it implies 429
  std::optional<uint64_t> cut;           // break the connection after so many events
  std::optional<uint64_t> stall;         // send nothing more after so many events
  std::optional<uint64_t> error;         // an error event after so many events, then the end
  std::optional<uint64_t> garbage;       // rubbish instead of the answer after so many events
  std::optional<uint64_t> tokens;        // make the reply exactly so long
  enum class Usage : uint8_t { Sent, Withheld };
  Usage usage = Usage::Sent;

  bool operator==(const Faults&) const = default;
};

// Longest reply that `tokens` may ask for.
inline constexpr uint64_t kMaxFaultTokens = 100'000;

// Sets one fault by name. `value` is its decimal text; garbage and nousage may go without.
// Millisecond names may carry their unit ("latency_ms"). An unknown name, or a value outside its
// range, is an InvalidRequest that lists what is possible.
Status setFault(Faults& faults, std::string_view name, std::string_view value);

// Sets the faults of the request field "demo", e.g. {"latency_ms":500,"garbage":true}. False leaves
// a fault as the model name has it.
Status readFaultField(json::ValueRef field, Faults& faults);

// "demo-chat:latency=500,status=429" taken apart. Without a colon there are no faults.
struct ModelName {
  std::string base;  // "demo-chat"
  Faults faults;
};
Result<ModelName> parseModelName(std::string_view model);

}  // namespace penstock::demo
