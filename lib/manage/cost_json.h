#pragma once

#include <string_view>

#include "json/writer.h"
#include "model/request_log.h"

namespace penstock::manage {

// How a logged request's cost came about, from what its row keeps: every bucket with its rate, the
// tier and the multiplier with what chose them, the sum, the rounding. Rows that were written
// before rows kept their rates have none to show, and say so. `prices_now` is the present version
// of the prices: where it is another than the row's, the rates shown are those of then.
void writeCostExplanation(json::Writer& out, const model::RequestLog& row,
                          std::string_view prices_now);

}  // namespace penstock::manage
