#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "budget/rate_limit.h"
#include "dialect/dialect.h"
#include "http/message.h"
#include "proxy/spending.h"

namespace penstock::proxy {

// X-Modelux-Budget-* of the money budget with the least left for its size, or of the one that was
// enforced, which then has a Reset too (spec/modelux.md 2.4); X-Penstock-Max-Output-Tokens where
// the output was lowered; x-ratelimit-*-tokens of the tightest token budget that blocks, for
// callers of Anthropic's dialect under its names too.
void addBudgetHeaders(dialect::Dialect caller, http::Headers& headers, const Spending& spending,
                      UnixMillis now);

// Takes the tightest request budget that blocks into what the rate limit says, so that
// x-ratelimit-*-requests names what will bind first.
void tightenRate(budget::RateDecision& rate, const Spending& spending, UnixMillis now);

// The answer to a request that a budget refused: 402 in the shape that the SDKs know for money, 402
// insufficient_balance, or 429 for limits of tokens, requests, concurrency and a day's spending.
struct Refusal {
  http::Response response;
  std::string code;  // for the log
};
Refusal budgetRefusal(dialect::Dialect caller, const Spending& spending,
                      std::string_view request_id, UnixMillis now);

}  // namespace penstock::proxy
