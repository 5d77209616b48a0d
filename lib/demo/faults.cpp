#include "demo/faults.h"

#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace penstock::demo {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kMaxWaitMs = 600'000;
constexpr uint64_t kMaxEvents = 1'000'000;

constexpr uint64_t kNoDefault = UINT64_MAX;

// One row a fault: its range, what it means without a value, and how it is stored.
struct Row {
  std::string_view name;
  uint64_t min;
  uint64_t max;
  uint64_t bare;
  void (*store)(Faults&, uint64_t);
};

constexpr std::array kRows{
    Row{"latency", 0, kMaxWaitMs, kNoDefault,
        [](Faults& f, uint64_t v) { f.latency = milliseconds(v); }},
    Row{"pace", 0, kMaxWaitMs, kNoDefault, [](Faults& f, uint64_t v) { f.pace = milliseconds(v); }},
    Row{"status", 300, 599, kNoDefault,
        [](Faults& f, uint64_t v) { f.status = static_cast<int>(v); }},
    Row{"retry-after", 0, 86'400, kNoDefault,
        [](Faults& f, uint64_t v) { f.retry_after = static_cast<int>(v); }},
    Row{"cut", 0, kMaxEvents, kNoDefault, [](Faults& f, uint64_t v) { f.cut = v; }},
    Row{"stall", 0, kMaxEvents, kNoDefault, [](Faults& f, uint64_t v) { f.stall = v; }},
    Row{"error", 0, kMaxEvents, kNoDefault, [](Faults& f, uint64_t v) { f.error = v; }},
    Row{"garbage", 0, kMaxEvents, 0, [](Faults& f, uint64_t v) { f.garbage = v; }},
    Row{"tokens", 1, kMaxFaultTokens, kNoDefault, [](Faults& f, uint64_t v) { f.tokens = v; }},
    Row{"nousage", 1, 1, 1, [](Faults& f, uint64_t) { f.usage = Faults::Usage::Withheld; }},
};

// "latency_ms", "retry_after" and "Latency" mean what the table calls latency and retry-after.
std::string canonicalName(std::string_view name) {
  std::string text = asciiLower(name);
  for (char& c : text) c = c == '_' ? '-' : c;
  if (text.ends_with("-ms")) text.resize(text.size() - 3);
  return text;
}

std::string listFaults() {
  std::string list;
  for (const Row& row : kRows) {
    if (!list.empty()) list += ", ";
    list += row.name;
    if (row.min != row.max) list += fmt::format("={}..{}", row.min, row.max);
  }
  return list;
}

ApiError badFault(std::string_view problem) {
  return invalidRequest("invalid_demo_fault",
                        fmt::format("{}. The demo provider knows: {}.", problem, listFaults()));
}

std::optional<uint64_t> parseValue(const Row& row, std::string_view value) {
  if (value.empty() && row.bare != kNoDefault) return row.bare;
  const auto number = parseUnsigned(value);
  if (!number || *number < row.min || *number > row.max) return std::nullopt;
  return number;
}

// The name is the caller's text and goes into a message: keep it short.
std::string_view clip(std::string_view text) { return text.substr(0, 40); }

}  // namespace

Status setFault(Faults& faults, std::string_view name, std::string_view value) {
  const std::string wanted = canonicalName(name);
  for (const Row& row : kRows) {
    if (row.name != wanted) continue;
    const auto number = parseValue(row, value);
    if (!number) return badFault(fmt::format("'{}' cannot be '{}'", row.name, clip(value)));
    row.store(faults, *number);
    return Unit{};
  }
  return badFault(fmt::format("There is no demo fault '{}'", clip(name)));
}

Status readFaultField(json::ValueRef field, Faults& faults) {
  if (!field.isObject()) return badFault("'demo' must be an object");
  for (const auto& [name, value] : field.members()) {
    const auto flag = value.asBool();
    if (flag && !*flag) continue;
    Status status = setFault(faults, name, flag ? "" : value.text());
    if (!status) return status;
  }
  return Unit{};
}

Result<ModelName> parseModelName(std::string_view model) {
  const size_t colon = model.find(':');
  ModelName parsed{.base = std::string(model.substr(0, colon)), .faults = {}};
  if (colon == std::string_view::npos) return parsed;
  Status status = Unit{};
  split(model.substr(colon + 1), ',', [&](std::string_view part) {
    if (!status) return;
    const size_t equals = part.find('=');
    const bool bare = equals == std::string_view::npos;
    status = setFault(parsed.faults, part.substr(0, equals), bare ? "" : part.substr(equals + 1));
  });
  if (!status) return std::move(status).error();
  return parsed;
}

}  // namespace penstock::demo
