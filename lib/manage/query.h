#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "store/page.h"

namespace penstock::manage {

// Reads a request's query parameters and collects every error, as json::ObjectReader does for
// bodies: names are given in snake_case and also found in camelCase; absent and empty are the same.
class QueryReader {
 public:
  explicit QueryReader(const http::Request& request) : request_(request) {}

  std::string text(std::string_view name);
  std::optional<int64_t> integer(std::string_view name, int64_t min, int64_t max);
  std::optional<UnixMillis> time(std::string_view name);
  std::optional<size_t> choice(std::string_view name,
                               std::initializer_list<std::string_view> choices);
  // A JSON object of strings: {"team":"ml"}.
  std::vector<std::pair<std::string, std::string>> tags(std::string_view name);
  // `limit` (1 to 200, 50 when absent) and `cursor`, which must be of that list.
  store::PageRequest page(std::string_view list);
  void fail(std::string_view name, std::string message);

  // 422 with every wrong parameter, if there was any; one that was not asked for by now is wrong.
  Status finish();

 private:
  const http::Request& request_;
  std::vector<std::string> known_;  // under both spellings
  std::vector<FieldError> errors_;
};

// "2026-05-01", "2026-05-01T12:30:00Z", "…T12:30:00.250+02:00"; dates are midnight UTC.
std::optional<UnixMillis> parseTime(std::string_view text);

}  // namespace penstock::manage
