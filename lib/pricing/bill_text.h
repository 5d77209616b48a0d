#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/usage.h"
#include "pricing/charge.h"

namespace penstock::pricing {

// What one of several calls for a request was billed, as the log keeps it with the call:
//
//   i1000000 o5000000 *5/3|i1000 o50|priority
//
// the charge (charge.h), the buckets of its usage by the letters of rates, and the tier of service
// that chose the multiplier.
struct BillText {
  Charge charge;
  model::Usage usage;
  std::string service_tier;
};

std::string formatBill(std::string_view charge, const model::Usage& usage,
                       std::string_view service_tier);
// Nothing when it is not of that form.
std::optional<BillText> parseBill(std::string_view text);

}  // namespace penstock::pricing
