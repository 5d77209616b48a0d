#include "rules/rule_error.h"

#include <fmt/format.h>

namespace penstock::rules {

ApiError RuleError::toApiError(std::string param) const {
  return {.kind = ErrorKind::Unprocessable,
          .code = kCode,
          .message = fmt::format("at byte {} of the rule: {}", position, message),
          .param = std::move(param)};
}

std::string excerpt(std::string_view source) {
  constexpr size_t kLongest = 60;
  if (source.size() <= kLongest) return std::string(source);
  size_t end = kLongest;
  while (end > 0 && (source[end] & 0xC0) == 0x80) --end;
  return std::string(source.substr(0, end)) + "…";
}

}  // namespace penstock::rules
