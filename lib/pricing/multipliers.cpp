#include "pricing/multipliers.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/text.h"
#include "pricing/match.h"

namespace penstock::pricing {
namespace {

constexpr std::string_view kServiceTier = "service_tier";

std::string_view nextField(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view field = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return field;
}

int64_t partOf(std::string_view text) {
  int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number < 1 || number > 1000)
    throw std::runtime_error("multipliers: cannot read \"" + std::string(text) + "\"");
  return number;
}

}  // namespace

TierMultipliers::TierMultipliers(std::string_view table) {
  while (!table.empty()) {
    const std::string_view line = nextField(table, '\n');
    if (!line.empty() && line.front() != '#') addRow(line);
  }
}

void TierMultipliers::addRow(std::string_view line) {
  std::string_view rest = line;
  const std::string_view provider = nextField(rest, '\t');
  Row row;
  row.rule = nextField(rest, '\t');
  row.value = nextField(rest, '\t');
  row.field = nextField(row.value, '=');
  row.multiplier.numerator = partOf(nextField(rest, '/'));
  row.multiplier.denominator = partOf(rest);
  if (row.rule.empty() || row.field.empty() || row.value.empty())
    throw std::runtime_error("multipliers: cannot read \"" + std::string(line) + "\"");
  rows_[provider].push_back(row);
}

const TierMultipliers::Row* TierMultipliers::find(std::string_view provider, std::string_view model,
                                                  std::string_view field,
                                                  std::string_view value) const {
  const auto rows = rows_.find(provider);
  if (rows == rows_.end()) return nullptr;
  for (const Row& row : rows->second) {
    if (row.field == field && row.value == value && matchesRule(row.rule, model)) return &row;
  }
  return nullptr;
}

Multiplier TierMultipliers::of(std::string_view provider, std::string_view model,
                               std::string_view tier) const {
  Multiplier all;
  while (!tier.empty()) {
    std::string_view value = trim(nextField(tier, ','));
    std::string_view field = kServiceTier;
    if (value.find('=') != std::string_view::npos) field = nextField(value, '=');
    if (field == kServiceTier && value == "fast") value = "priority";
    if (const Row* row = find(provider, model, field, value)) all = all * row->multiplier;
  }
  return all;
}

int64_t TierMultipliers::dearestPermille(std::string_view provider, std::string_view model) const {
  const auto rows = rows_.find(provider);
  if (rows == rows_.end()) return 1000;
  // A few fields a provider; of each the first matching row of every value counts.
  Multiplier all;
  std::vector<std::string_view> fields;
  for (const Row& row : rows->second) {
    if (std::ranges::find(fields, row.field) != fields.end()) continue;
    fields.push_back(row.field);
    Multiplier most;
    for (const Row& other : rows->second) {
      if (other.field != row.field || other.multiplier.permille() <= most.permille()) continue;
      if (find(provider, model, other.field, other.value) == &other) most = other.multiplier;
    }
    all = all * most;
  }
  return std::max<int64_t>(all.permille(), 1000);
}

}  // namespace penstock::pricing
