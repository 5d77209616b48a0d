#pragma once

#include <string>

#include "base/clock.h"
#include "base/money.h"

namespace penstock::dialect {

// What a 402 tells of the budget that refused a request (spec/modelux.md 2.6).
struct BudgetError {
  std::string name;
  std::string scope;   // "end_user"
  std::string period;  // "monthly"
  Money spent, reserved, cap;
  Money requested;           // the most that the request may cost
  UnixMillis resets_at = 0;  // 0: never
};

// budget "team-ml" exceeded ($105.00 / $100.00), and, where something is left, why that is not
// enough.
std::string budgetMessage(const BudgetError& error);

// {"error":{"type":"budget_exceeded","message":…,"code":402,"budget":{"name":…,"spend_usd":…,
// "cap_usd":…,"period":…,"period_resets_at":…,"reserved_usd":…,"scope":…}}}; `code` is a number
// here, because that is what the SDKs look for.
std::string renderOpenAiBudgetError(const BudgetError& error);

// {"type":"error","error":{"type":"budget_exceeded","message":…,"budget":{…}}}
std::string renderAnthropicBudgetError(const BudgetError& error);

}  // namespace penstock::dialect
