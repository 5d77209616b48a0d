#include "proxy/budget_answer.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "dialect/budget_error.h"
#include "proxy/answer.h"

namespace penstock::proxy {
namespace {

using model::BudgetOrigin;
using model::BudgetUnit;

// The standing of that unit with the least left for its size; null when there is none.
const budget::Standing* tightest(const Spending& spending, BudgetUnit unit) {
  const budget::Standing* least = nullptr;
  for (const budget::Standing& standing : spending.standings()) {
    if (standing.budget->unit != unit || standing.budget->origin != BudgetOrigin::Budget) continue;
    if (least == nullptr || standing.usedShare() > least->usedShare()) least = &standing;
  }
  return least;
}

bool ends(const budget::Standing& standing) {
  return standing.budget->period != model::BudgetPeriod::Total;
}

int64_t millisLeft(const budget::Standing& standing, UnixMillis now) {
  return std::max<int64_t>(standing.period.end - now, 1);
}

ApiError limitError(const budget::Standing& by, const budget::Amounts& asked, UnixMillis now) {
  const model::Budget& budget = *by.budget;
  ApiError error{ErrorKind::RateLimited, {}, {}};
  if (ends(by)) error.retry_after_ms = millisLeft(by, now);
  switch (budget.unit) {
    case BudgetUnit::Usd:
      error.code = "daily_spend_limit";
      error.message = "the day's spending limit of $" + Money{by.cap}.usd(2) + " is reached ($" +
                      Money{by.settled}.usd(2) + " spent)";
      return error;
    case BudgetUnit::Tokens:
      error.code = "token_limit_exceeded";
      error.message = fmt::format(
          "limit \"{}\" of {} tokens ({}): {} used, {} reserved, {} asked for", budget.name, by.cap,
          model::periodName(budget.period), by.settled, by.reserved, asked.tokens);
      return error;
    case BudgetUnit::Requests:
      error.code = "request_limit_exceeded";
      error.message = fmt::format("limit \"{}\" of {} requests ({}) is reached", budget.name,
                                  by.cap, model::periodName(budget.period));
      return error;
    case BudgetUnit::Concurrency:
      error.code = "concurrency_limit_exceeded";
      error.message =
          fmt::format("limit \"{}\" of {} requests at once is reached", budget.name, by.cap);
      error.retry_after_ms = 1000;
      return error;
  }
  return error;
}

http::Response moneyResponse(const budget::Standing& by, UnixMillis now) {
  const model::Budget& budget = *by.budget;
  http::Response response;
  response.status = 402;
  response.body = dialect::renderOpenAiBudgetError(
      {budget.name, std::string(model::scopeName(budget.scope)),
       std::string(model::periodName(budget.period)), Money{by.settled}, Money{by.reserved},
       Money{by.cap}, ends(by) ? by.period.end : 0});
  if (ends(by)) {
    response.headers.emplace_back("Retry-After",
                                  std::to_string((millisLeft(by, now) + 999) / 1000));
  }
  return response;
}

}  // namespace

void addBudgetHeaders(http::Headers& headers, const Spending& spending, UnixMillis now) {
  const budget::Standing* enforced = spending.enforced();
  const bool of_money = enforced != nullptr && enforced->budget->unit == BudgetUnit::Usd &&
                        enforced->budget->origin == BudgetOrigin::Budget;
  const budget::Standing* shown = of_money ? enforced : tightest(spending, BudgetUnit::Usd);
  if (shown != nullptr) {
    headers.emplace_back("X-Modelux-Budget-Name", shown->budget->name);
    headers.emplace_back("X-Modelux-Budget-Remaining", Money{shown->left()}.usd(4));
    headers.emplace_back("X-Modelux-Budget-Action",
                         std::string(model::actionName(shown->budget->action)));
    if (of_money && ends(*shown))
      headers.emplace_back("X-Modelux-Budget-Reset", iso8601(shown->period.end));
  }
  if (const auto limit = spending.outputLimit())
    headers.emplace_back("X-Penstock-Max-Output-Tokens", std::to_string(*limit));
  if (const budget::Standing* tokens = tightest(spending, BudgetUnit::Tokens)) {
    headers.emplace_back("x-ratelimit-limit-tokens", std::to_string(tokens->cap));
    headers.emplace_back("x-ratelimit-remaining-tokens", std::to_string(tokens->left()));
    if (ends(*tokens))
      headers.emplace_back("x-ratelimit-reset-tokens",
                           fmt::format("{}ms", millisLeft(*tokens, now)));
  }
}

void tightenRate(budget::RateDecision& rate, const Spending& spending, UnixMillis now) {
  const budget::Standing* requests = tightest(spending, BudgetUnit::Requests);
  if (requests == nullptr || requests->left() >= rate.remaining) return;
  rate.limit = requests->cap;
  rate.remaining = requests->left();
  if (ends(*requests)) rate.reset_ms = millisLeft(*requests, now);
}

Refusal budgetRefusal(const Spending& spending, UnixMillis now) {
  const budget::Standing& by = *spending.enforced();
  if (by.budget->origin == BudgetOrigin::Balance) {
    const ApiError error{
        ErrorKind::InsufficientBalance, "insufficient_balance",
        "the balance of $" + Money{by.left()}.usd(2) + " is less than the request may cost"};
    return {errorResponse(error), error.code};
  }
  if (by.budget->unit == BudgetUnit::Usd && by.budget->origin == BudgetOrigin::Budget) {
    return {moneyResponse(by, now), "budget_exceeded"};
  }
  const ApiError error = limitError(by, spending.asked(), now);
  return {errorResponse(error), error.code};
}

}  // namespace penstock::proxy
