#include "manage/query.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.h"
#include "json/document.h"
#include "json/reader.h"
#include "manage/cursor.h"

namespace penstock::manage {
namespace {

constexpr int64_t kMaxLimit = 200;
constexpr size_t kMaxText = 512;
constexpr int64_t kMillisPerMinute = 60'000;
constexpr UnixMillis kYear0 = -62'167'219'200'000;
constexpr UnixMillis kYear10000 = 253'402'300'800'000;

// Takes `digits` digits off the front.
std::optional<int> takeNumber(std::string_view& text, size_t digits) {
  const auto number = text.size() < digits ? std::nullopt : parseUnsigned(text.substr(0, digits));
  if (!number) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<int>(*number);
}

bool takeChar(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<UnixMillis> takeDate(std::string_view& text) {
  const auto year = takeNumber(text, 4);
  if (!year || !takeChar(text, '-')) return std::nullopt;
  const auto month = takeNumber(text, 2);
  if (!month || !takeChar(text, '-')) return std::nullopt;
  const auto day = takeNumber(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

// HH:MM, as minutes.
std::optional<int64_t> takeClock(std::string_view& text) {
  const auto hours = takeNumber(text, 2);
  if (!hours || *hours > 23 || !takeChar(text, ':')) return std::nullopt;
  const auto minutes = takeNumber(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return *hours * 60 + *minutes;
}

// [:SS[.fraction]], as milliseconds.
std::optional<int64_t> takeSeconds(std::string_view& text) {
  if (!takeChar(text, ':')) return 0;
  const auto seconds = takeNumber(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  int64_t millis = *seconds * 1000;
  if (!takeChar(text, '.')) return millis;
  size_t digits = 0;
  for (int64_t weight = 100; !text.empty() && text[0] >= '0' && text[0] <= '9'; ++digits) {
    millis += (text[0] - '0') * weight;
    weight /= 10;
    text.remove_prefix(1);
  }
  return digits > 0 ? std::optional(millis) : std::nullopt;
}

// "Z", "+02:00" or nothing (UTC), as minutes east.
std::optional<int64_t> takeZone(std::string_view& text) {
  if (text.empty() || takeChar(text, 'Z') || takeChar(text, 'z')) return 0;
  const bool west = text.starts_with('-');
  // A '+' in a query string means a space.
  if (!west && !text.starts_with('+') && !text.starts_with(' ')) return std::nullopt;
  text.remove_prefix(1);
  const auto minutes = takeClock(text);
  if (!minutes) return std::nullopt;
  return west ? -*minutes : *minutes;
}

}  // namespace

std::optional<UnixMillis> parseTime(std::string_view text) {
  const auto date = takeDate(text);
  if (!date || text.empty()) return date;
  if (!takeChar(text, 'T') && !takeChar(text, 't')) return std::nullopt;
  const auto clock = takeClock(text);
  if (!clock) return std::nullopt;
  const auto seconds = takeSeconds(text);
  if (!seconds) return std::nullopt;
  const auto zone = takeZone(text);
  if (!zone || !text.empty()) return std::nullopt;
  const UnixMillis time = *date + (*clock - *zone) * kMillisPerMinute + *seconds;
  // A zone may lead out of what four digits of a year can show.
  if (time < kYear0 || time >= kYear10000) return std::nullopt;
  return time;
}

std::string QueryReader::text(std::string_view name) {
  known_.emplace_back(name);
  known_.push_back(json::camelCase(name));
  std::string value = request_.queryParam(name);
  if (value.empty()) value = request_.queryParam(json::camelCase(name));
  if (value.size() <= kMaxText) return value;
  fail(name, fmt::format("must have at most {} bytes", kMaxText));
  return {};
}

std::optional<int64_t> QueryReader::integer(std::string_view name, int64_t min, int64_t max) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  const auto number = parseUnsigned(value);
  if (number && *number >= static_cast<uint64_t>(min) && *number <= static_cast<uint64_t>(max)) {
    return static_cast<int64_t>(*number);
  }
  fail(name, fmt::format("must be a whole number between {} and {}", min, max));
  return std::nullopt;
}

std::optional<UnixMillis> QueryReader::time(std::string_view name) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  const auto time = parseTime(value);
  if (!time) fail(name, "must be an ISO 8601 time such as 2026-05-01T00:00:00Z");
  return time;
}

std::optional<size_t> QueryReader::choice(std::string_view name,
                                          std::initializer_list<std::string_view> choices) {
  const std::string value = text(name);
  if (value.empty()) return std::nullopt;
  const auto* const found = std::find(choices.begin(), choices.end(), value);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  fail(name, fmt::format("must be one of {}", fmt::join(choices, ", ")));
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> QueryReader::tags(std::string_view name) {
  std::vector<std::pair<std::string, std::string>> tags;
  const std::string value = text(name);
  if (value.empty()) return tags;
  const auto document = json::parse(value, {}, name);
  bool good = document && document->root().isObject();
  if (good) {
    for (const auto& [key, member] : document->root().members()) {
      good = good && member.isString();
      if (good) tags.emplace_back(key, *member.asString());
    }
  }
  if (!good) fail(name, "must be a JSON object of strings, such as {\"team\":\"ml\"}");
  return tags;
}

store::PageRequest QueryReader::page(std::string_view list) {
  store::PageRequest page;
  if (const auto limit = integer("limit", 1, kMaxLimit)) page.limit = static_cast<size_t>(*limit);
  const std::string cursor = text("cursor");
  if (cursor.empty()) return page;
  auto place = decodeCursor(list, cursor);
  if (!place) fail("cursor", "is not a cursor of this list; take next_cursor of the page before");
  page.after = place.value_or("");
  return page;
}

void QueryReader::fail(std::string_view name, std::string message) {
  errors_.push_back({std::string(name), std::move(message)});
}

Status QueryReader::finish() {
  split(request_.query, '&', [this](std::string_view pair) {
    const std::string name = percentDecode(pair.substr(0, pair.find('='))).value_or("");
    if (pair.empty() || std::find(known_.begin(), known_.end(), name) != known_.end()) return;
    errors_.push_back({name, "unknown parameter"});
  });
  if (errors_.empty()) return Unit{};
  const FieldError& first = errors_.front();
  ApiError error{ErrorKind::Unprocessable, "validation_error", first.param + ": " + first.message,
                 first.param};
  error.fields = errors_;
  return error;
}

}  // namespace penstock::manage
