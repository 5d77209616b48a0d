#include "pricing/rates_text.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "pricing/buckets.h"

namespace penstock::pricing {
namespace {

constexpr size_t kMaxTiers = 8;
constexpr char kRequest = 'q';

struct UnitRate {
  size_t unit = 0;  // place in kBuckets
  int64_t base = 0;
  std::vector<std::pair<int64_t, int64_t>> tiers;  // above, rate
};

std::string_view nextField(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view field = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return field;
}

bool readNumber(std::string_view text, int64_t& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && stop == text.data() + text.size() && number >= 0;
}

bool readWord(std::string_view word, Price& price, std::vector<UnitRate>& units) {
  if (word.empty() || word.ends_with('>')) return false;
  const char letter = word.front();
  word.remove_prefix(1);
  if (letter == kRequest) return readNumber(word, price.request);
  const auto* unit = std::ranges::find(kBuckets, letter, &Bucket::letter);
  if (unit == kBuckets.end()) return false;
  UnitRate rate{static_cast<size_t>(unit - kBuckets.begin()), 0, {}};
  if (!readNumber(nextField(word, '>'), rate.base)) return false;
  while (!word.empty()) {
    std::string_view tier = nextField(word, '>');
    auto& [above, dearer] = rate.tiers.emplace_back();
    if (!readNumber(nextField(tier, ':'), above) || !readNumber(tier, dearer)) return false;
  }
  units.push_back(std::move(rate));
  return true;
}

// The rates that hold past `above` input tokens (-1: the base rates).
Rates ratesPast(const std::vector<UnitRate>& units, int64_t above) {
  NamedRates named;
  for (const UnitRate& unit : units) {
    named.values[unit.unit] = unit.base;
    for (const auto& [start, rate] : unit.tiers) {
      if (start <= above) named.values[unit.unit] = rate;
    }
  }
  return named.resolve();
}

bool inheritsAlways(const Price& price, const Bucket& unit) {
  const auto inherits = [&unit](const Rates& rates) {
    return rates.*unit.rate == inheritedRate(rates, unit);
  };
  return inherits(price.base) &&
         std::ranges::all_of(price.tiers, [&](const auto& tier) { return inherits(tier.rates); });
}

void appendUnit(std::string& text, const Price& price, const Bucket& unit) {
  if (!text.empty()) text += ' ';
  text += unit.letter;
  text += std::to_string(price.base.*unit.rate);
  int64_t last = price.base.*unit.rate;
  for (size_t i = 0; i < price.tiers.size(); ++i) {
    const int64_t rate = price.tiers[i].rates.*unit.rate;
    // Input names every tier, so that none is lost.
    if (rate == last && unit.letter != 'i') continue;
    text += '>' + std::to_string(price.tiers[i].above) + ':' + std::to_string(rate);
    last = rate;
  }
}

}  // namespace

std::optional<Price> parseRates(std::string_view text) {
  Price price;
  std::vector<UnitRate> units;
  if (text.empty() || text.ends_with(' ')) return std::nullopt;
  while (!text.empty()) {
    if (!readWord(nextField(text, ' '), price, units)) return std::nullopt;
  }
  price.base = ratesPast(units, -1);
  std::vector<int64_t> starts;
  for (const UnitRate& unit : units) {
    for (const auto& tier : unit.tiers) starts.push_back(tier.first);
  }
  std::ranges::sort(starts);
  // Not std::ranges::unique: clang 14 cannot compile libstdc++ 12's subrange.
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  if (starts.size() > kMaxTiers) return std::nullopt;
  for (const int64_t start : starts) price.tiers.push_back({start, ratesPast(units, start)});
  return price;
}

std::string formatRates(const Price& price) {
  std::string text;
  for (const Bucket& unit : kBuckets) {
    if (unit.letter == 'i' || !inheritsAlways(price, unit)) appendUnit(text, price, unit);
  }
  if (price.request > 0) text += " q" + std::to_string(price.request);
  return text;
}

}  // namespace penstock::pricing
