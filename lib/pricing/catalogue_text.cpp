#include "pricing/catalogue_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>

namespace penstock::pricing {
namespace {

constexpr int64_t kMillisPerDay = 24 * 60 * 60 * 1000;

[[noreturn]] void bad(std::string_view what) {
  throw std::runtime_error("price table: cannot read \"" + std::string(what) + "\"");
}

std::string_view nextField(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view field = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return field;
}

std::vector<std::string_view> fieldsOf(std::string_view text, char separator) {
  std::vector<std::string_view> fields;
  while (!text.empty()) fields.push_back(nextField(text, separator));
  return fields;
}

int64_t numberOf(std::string_view text) {
  int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size() || number < 0) bad(text);
  return number;
}

// Rates as written, before buckets take their parents': -1 is "not named".
struct NamedRates {
  std::array<int64_t, 8> values;
  NamedRates() { values.fill(-1); }
};
constexpr std::string_view kUnits = "irwhaotb";

Rates resolve(const NamedRates& named) {
  const auto& v = named.values;
  const auto either = [](int64_t own, int64_t parent) { return own >= 0 ? own : parent; };
  Rates rates;
  rates.input = either(v[0], 0);
  rates.cache_read = either(v[1], rates.input);
  rates.cache_write = either(v[2], rates.input);
  rates.cache_write_1h = either(v[3], rates.cache_write);
  rates.input_audio = either(v[4], rates.input);
  rates.output = either(v[5], 0);
  rates.output_reasoning = either(v[6], rates.output);
  rates.output_audio = either(v[7], rates.output);
  return rates;
}

struct UnitRate {
  char unit;
  int64_t base;
  std::vector<std::pair<int64_t, int64_t>> tiers;  // above, rate
};

UnitRate parseUnit(std::string_view text) {
  if (text.size() < 2) bad(text);
  UnitRate rate{text.front(), 0, {}};
  text.remove_prefix(1);
  rate.base = numberOf(nextField(text, '>'));
  while (!text.empty()) {
    std::string_view tier = nextField(text, '>');
    const int64_t above = numberOf(nextField(tier, ':'));
    rate.tiers.emplace_back(above, numberOf(tier));
  }
  return rate;
}

// The rates that hold past `above` input tokens (-1: the base rates).
Rates ratesPast(const std::vector<UnitRate>& units, int64_t above) {
  NamedRates named;
  for (const UnitRate& unit : units) {
    const size_t place = kUnits.find(unit.unit);
    if (place == std::string_view::npos) continue;
    named.values[place] = unit.base;
    for (const auto& [start, rate] : unit.tiers) {
      if (start <= above) named.values[place] = rate;
    }
  }
  return resolve(named);
}

Price parsePrice(std::string_view text) {
  std::vector<UnitRate> units;
  while (!text.empty()) units.push_back(parseUnit(nextField(text, ' ')));
  Price price;
  std::vector<int64_t> starts;
  for (const UnitRate& unit : units) {
    if (unit.unit == 'q')
      price.request = unit.base;
    else if (kUnits.find(unit.unit) == std::string_view::npos)
      bad(std::string(1, unit.unit));
    for (const auto& tier : unit.tiers) starts.push_back(tier.first);
  }
  price.base = ratesPast(units, -1);
  std::ranges::sort(starts);
  // Not std::ranges::unique: clang 14 cannot compile libstdc++ 12's subrange.
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  for (const int64_t start : starts) price.tiers.push_back({start, ratesPast(units, start)});
  return price;
}

int32_t minuteOf(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') bad(text);
  return static_cast<int32_t>(numberOf(text.substr(0, 2)) * 60 + numberOf(text.substr(3)));
}

int64_t midnightOf(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') bad(date);
  const std::chrono::year_month_day day{
      std::chrono::year{static_cast<int>(numberOf(date.substr(0, 4)))},
      std::chrono::month{static_cast<unsigned>(numberOf(date.substr(5, 2)))},
      std::chrono::day{static_cast<unsigned>(numberOf(date.substr(8, 2)))}};
  if (!day.ok()) bad(date);
  return std::chrono::sys_days{day}.time_since_epoch().count() * kMillisPerDay;
}

PriceWindow parseWindow(std::string_view text) {
  PriceWindow window;
  if (text == "-") return window;
  if (text.find('~') == std::string_view::npos) {
    window.from_millis = midnightOf(text);
    return window;
  }
  window.minute_from = minuteOf(nextField(text, '~'));
  window.minute_to = minuteOf(text);
  return window;
}

void addLine(PriceTable& table, std::string_view line) {
  std::string_view rest = line;
  const std::string_view kind = nextField(rest, '\t');
  const std::string_view first = nextField(rest, '\t');
  if (kind == "V") {
    table.version = first;
  } else if (kind == "P") {
    const std::string_view hosts = nextField(rest, '\t');
    table.providers.push_back({first, fieldsOf(hosts, ','), fieldsOf(rest, ','), {}});
  } else if (kind == "M" && !table.providers.empty()) {
    const std::string_view rule = nextField(rest, '\t');
    std::optional<int64_t> context_window;
    if (!rest.empty()) context_window = numberOf(rest);
    table.providers.back().models.push_back({first, rule, {}, context_window});
  } else if (kind == "R" && !table.providers.empty() && !table.providers.back().models.empty()) {
    if (rest.empty()) return;  // only units that we do not bill, e.g. images
    table.providers.back().models.back().rows.push_back({parseWindow(first), parsePrice(rest)});
  } else {
    bad(line);
  }
}

}  // namespace

bool PriceWindow::holdsAt(int64_t unix_millis) const {
  if (from_millis) return unix_millis >= *from_millis;
  const int64_t in_day = ((unix_millis % kMillisPerDay) + kMillisPerDay) % kMillisPerDay;
  const auto minute = static_cast<int32_t>(in_day / 60'000);
  if (minute_from <= minute_to) return minute >= minute_from && minute < minute_to;
  return minute >= minute_from || minute < minute_to;
}

PriceTable parsePriceTable(std::string_view text) {
  PriceTable table;
  while (!text.empty()) {
    const std::string_view line = nextField(text, '\n');
    if (!line.empty() && line.front() != '#') addLine(table, line);
  }
  return table;
}

}  // namespace penstock::pricing
