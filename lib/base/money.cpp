#include "base/money.h"

#include <fmt/format.h>

namespace penstock {

std::string Money::usd(int digits) const {
  uint64_t unit = 1;
  for (int i = digits; i < 9; ++i) unit *= 10;
  const uint64_t magnitude =
      nanos < 0 ? ~static_cast<uint64_t>(nanos) + 1 : static_cast<uint64_t>(nanos);
  const uint64_t rounded = (magnitude + unit / 2) / unit;
  uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const char* sign = nanos < 0 && rounded != 0 ? "-" : "";
  if (digits == 0) return fmt::format("{}{}", sign, rounded);
  return fmt::format("{}{}.{:0{}}", sign, rounded / scale, rounded % scale, digits);
}

}  // namespace penstock
