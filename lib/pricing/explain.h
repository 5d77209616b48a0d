#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "model/usage.h"
#include "pricing/charge.h"

namespace penstock::pricing {

// How a cost came about, line by line. Amounts are decimal dollars to a picodollar, exact but for
// time-based and multiplied ones, which are cut there; `total` is the exact sum rounded up once.
struct CostLine {
  std::string_view kind;  // as in the API: "cache_read"; "request" for the fee
  int64_t quantity = 0;   // tokens, searches, images, milliseconds, characters, requests
  std::string_view unit;  // "token", "search", "image", "millisecond", "character", "request"
  std::string rate;       // dollars: a million tokens, an hour, or a piece
  std::string_view per;   // "million_tokens", "hour", "search", "image", "character", "request"
  bool multiplied = false;
  std::string amount;
};

struct Explanation {
  std::vector<CostLine> lines;
  std::string sum;       // of the lines, multiplied where they are, before rounding
  std::string rounding;  // what rounding up added
  Money total;
};

Explanation explain(const Charge& charge, const model::Usage& usage);

}  // namespace penstock::pricing
