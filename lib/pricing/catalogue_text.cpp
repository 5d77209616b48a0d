#include "pricing/catalogue_text.h"

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>

#include "pricing/rates_text.h"

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

Price parsePrice(std::string_view text) {
  auto price = parseRates(text);
  if (!price) bad(text);
  return *std::move(price);
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
    if (rest.empty()) return;  // only units that we do not bill, e.g. pages
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
