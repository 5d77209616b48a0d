#include "pricing/multipliers.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <optional>
#include <stdexcept>

#include "base/text.h"

namespace penstock::pricing {
namespace {

constexpr std::string_view kServiceTier = "service_tier", kSpeed = "speed";

std::string_view nextField(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view field = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return field;
}

// OpenAI's "fast" is the new name of its "priority", and protobuf's names are in Gemini's requests.
std::string_view oneName(std::string_view tier) {
  constexpr std::string_view kProtobuf = "service_tier_";
  if (tier.starts_with(kProtobuf)) tier.remove_prefix(kProtobuf.size());
  return tier == "fast" ? "priority" : tier;
}

// Words that a translation passes on; others ("batch") do not reach the provider.
bool isNeverDearer(std::string_view asked) {
  constexpr std::string_view kTiers[] = {"default", "standard", "standard_only", "flex"};
  return std::ranges::find(kTiers, asked) != std::end(kTiers);
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
    if (line.empty() || line.front() == '#') continue;
    std::string_view rest = line;
    std::string_view providers = nextField(rest, '\t');
    while (!providers.empty()) addRow(line, nextField(providers, ','), rest);
  }
}

void TierMultipliers::addRow(std::string_view line, std::string_view provider,
                             std::string_view rest) {
  Row row;
  const std::string_view rule = nextField(rest, '\t');
  row.rule = NameRule(rule);
  row.value = nextField(rest, '\t');
  row.field = nextField(row.value, '=');
  row.multiplier.numerator = partOf(nextField(rest, '/'));
  row.multiplier.denominator = partOf(nextField(rest, '\t'));
  row.asked = rest == "asked";
  std::vector<Row>& rows = rows_[provider];
  std::optional<size_t> field_place, value_place;
  size_t fields = 0, values = 0;
  for (const Row& other : rows) {
    fields = std::max(fields, other.field_place + 1);
    values = std::max(values, other.value_place + 1);
    if (other.field != row.field) continue;
    field_place = other.field_place;
    if (other.value == row.value) value_place = other.value_place;
  }
  row.field_place = field_place.value_or(fields);
  row.value_place = value_place.value_or(values);
  if (rule.empty() || row.field.empty() || row.value.empty() || row.field_place >= kMaxFields ||
      row.value_place >= kMaxValues || (!rest.empty() && !row.asked))
    throw std::runtime_error("multipliers: cannot read \"" + std::string(line) + "\"");
  rows.push_back(std::move(row));
  const size_t place = rows.back().value_place;
  const auto raises = [place](const Row& other) {
    return other.value_place == place && other.multiplier.permille() > Multiplier{}.permille();
  };
  if (!std::ranges::any_of(rows, raises)) return;
  for (Row& other : rows) {
    if (other.value_place == place) other.may_raise = true;
  }
}

const TierMultipliers::Row* TierMultipliers::find(std::string_view provider, std::string_view model,
                                                  std::string_view field,
                                                  std::string_view value) const {
  const auto rows = rows_.find(provider);
  if (rows == rows_.end()) return nullptr;
  for (const Row& row : rows->second) {
    if (row.field == field && row.value == value && row.rule.matches(model)) return &row;
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
    if (field == kServiceTier) value = oneName(value);
    if (const Row* row = find(provider, model, field, value)) all = all * row->multiplier;
  }
  return all;
}

// Whether a request that asks so may be served as the row says.
bool TierMultipliers::mayServe(const Row& row, AskedTier asked) {
  if (row.field == kSpeed) return asked.speed || !row.asked;
  if (row.field != kServiceTier) return true;
  return row.asked ? asked.service_tier == row.value : !isNeverDearer(asked.service_tier);
}

int64_t TierMultipliers::dearestPermille(std::string_view provider, std::string_view model,
                                         AskedTier asked) const {
  const auto rows = rows_.find(provider);
  if (rows == rows_.end()) return 1000;
  const std::string tier = asciiLower(asked.service_tier);
  asked.service_tier = oneName(tier);
  // Of each value the first row that matches counts, of each field the dearest value.
  std::bitset<kMaxValues> seen;
  std::array<Multiplier, kMaxFields> most;
  for (const Row& row : rows->second) {
    if (!row.may_raise || !mayServe(row, asked) || seen.test(row.value_place) ||
        !row.rule.matches(model))
      continue;
    seen.set(row.value_place);
    Multiplier& dearest = most[row.field_place];
    if (row.multiplier.permille() > dearest.permille()) dearest = row.multiplier;
  }
  Multiplier all;
  for (const Multiplier& field : most) {
    if (field != Multiplier{}) all = all * field;
  }
  return all.permille();
}

}  // namespace penstock::pricing
