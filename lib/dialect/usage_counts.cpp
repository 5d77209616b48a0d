#include "dialect/usage_counts.h"

#include <algorithm>

#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr int64_t kMaxCount = 1'000'000'000;

}  // namespace

std::optional<int64_t> countOf(const json::ObjectIndex& object, std::string_view key) {
  const json::Member* member = object.find(key);
  if (member == nullptr || member->kind != json::Kind::Number) return std::nullopt;
  const auto number = json::rawDouble(member->value);
  return boundedCount(number.value_or(0));
}

int64_t boundedCount(double number) {
  if (!(number > 0)) return 0;
  if (number >= static_cast<double>(kMaxCount)) return kMaxCount;
  return static_cast<int64_t>(number);
}

int64_t take(int64_t& rest, int64_t wanted) {
  const int64_t taken = std::clamp<int64_t>(wanted, 0, rest);
  rest -= taken;
  return taken;
}

}  // namespace penstock::dialect
