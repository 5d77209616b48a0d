#include "proxy/budget_answer.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/int128.h"
#include "dialect/budget_error.h"
#include "dialect/gemini_errors.h"
#include "proxy/surface.h"

namespace penstock::proxy {
namespace {

using model::BudgetOrigin;
using model::BudgetUnit;

// Whether more of its cap is used than of the other's. Of a cap of nothing all is.
bool isTighter(const budget::Standing& a, const budget::Standing& b) {
  if (b.cap <= 0) return a.cap > 0 && a.settled + a.reserved > a.cap;
  if (a.cap <= 0) return b.left() > 0;
  return Int128{a.settled + a.reserved} * b.cap > Int128{b.settled + b.reserved} * a.cap;
}

// Of which budgets: all, or those that callers have to pace themselves by.
enum class Among : uint8_t { All, Blocking };

// The standing of that unit with the least left for its size; null when there is none.
const budget::Standing* tightest(const Spending& spending, BudgetUnit unit, Among among) {
  const budget::Standing* least = nullptr;
  for (const budget::Standing& standing : spending.standings()) {
    if (standing.unit != unit || standing.origin != BudgetOrigin::Budget) continue;
    if (among == Among::Blocking && standing.action != model::BudgetAction::Block) continue;
    if (least == nullptr || isTighter(standing, *least)) least = &standing;
  }
  return least;
}

bool ends(const budget::Standing& standing) {
  return standing.budget->period != model::BudgetPeriod::Total;
}

int64_t millisLeft(const budget::Standing& standing, UnixMillis now) {
  return std::max<int64_t>(standing.period.end - now, 1);
}

// When it is worth asking again: soon, if requests under way are what is in the way; else in the
// next period; never for a request that no period has enough for.
std::optional<int64_t> worthTrying(const budget::Standing& by, const budget::Amounts& least,
                                   UnixMillis now) {
  constexpr int64_t kSoon = 1000;
  const int64_t amount = least.of(by.unit);
  if (amount <= by.cap - by.settled) return std::min(kSoon, millisLeft(by, now));
  if (amount > by.cap) return std::nullopt;
  return ends(by) ? std::optional(millisLeft(by, now)) : std::nullopt;
}

ApiError limitError(const budget::Standing& by, const Spending& spending, UnixMillis now) {
  const budget::Amounts& asked = spending.asked();
  const model::Budget& budget = *by.budget;
  ApiError error{ErrorKind::RateLimited, {}, {}};
  error.retry_after_ms = worthTrying(by, spending.least(), now);
  switch (by.unit) {
    case BudgetUnit::Usd:
      error.code = "daily_spend_limit";
      error.message = fmt::format(
          "the day's spending limit of {} is reached ({} spent, {} reserved, up to {} asked for)",
          Money{by.cap}.shown(), Money{by.settled}.shown(), Money{by.reserved}.shown(),
          Money{asked.usd}.shown());
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
      if (by.cap > 0) error.retry_after_ms = 1000;
      return error;
  }
  return error;
}

std::string renderBudgetError(dialect::Dialect caller, const dialect::BudgetError& error) {
  if (caller == dialect::Dialect::Anthropic) return dialect::renderAnthropicBudgetError(error);
  if (caller != dialect::Dialect::Gemini) return dialect::renderOpenAiBudgetError(error);
  return dialect::renderGeminiError(
      ApiError{ErrorKind::PaymentRequired, "budget_exceeded", dialect::budgetMessage(error)});
}

http::Response moneyResponse(dialect::Dialect caller, const budget::Standing& by,
                             const Spending& spending, UnixMillis now) {
  const model::Budget& budget = *by.budget;
  dialect::BudgetError error;
  error.name = budget.name;
  error.scope = model::scopeName(budget.scope);
  error.period = model::periodName(budget.period);
  error.spent = {by.settled};
  error.reserved = {by.reserved};
  error.cap = {by.cap};
  error.requested = {spending.asked().usd};
  error.resets_at = ends(by) ? by.period.end : 0;
  http::Response response;
  response.status = 402;
  response.body = renderBudgetError(caller, error);
  if (const auto wait = worthTrying(by, spending.least(), now)) {
    response.headers.add("Retry-After", (*wait + 999) / 1000);
  }
  return response;
}

void addTokenHeaders(dialect::Dialect caller, http::Headers& headers,
                     const budget::Standing& tokens, UnixMillis now) {
  const int64_t left = tokens.left();
  headers.add("x-ratelimit-limit-tokens", tokens.cap);
  headers.add("x-ratelimit-remaining-tokens", left);
  if (ends(tokens))
    headers.add("x-ratelimit-reset-tokens", std::to_string(millisLeft(tokens, now)) + "ms");
  if (caller != dialect::Dialect::Anthropic) return;
  headers.add("anthropic-ratelimit-tokens-limit", tokens.cap);
  headers.add("anthropic-ratelimit-tokens-remaining", left);
  if (ends(tokens)) headers.add("anthropic-ratelimit-tokens-reset", iso8601(tokens.period.end));
}

}  // namespace

void addBudgetHeaders(dialect::Dialect caller, http::Headers& headers, const Spending& spending,
                      UnixMillis now) {
  const budget::Standing* enforced = spending.enforced();
  const bool of_money = enforced != nullptr && enforced->unit == BudgetUnit::Usd &&
                        enforced->origin == BudgetOrigin::Budget;
  const budget::Standing* shown =
      of_money ? enforced : tightest(spending, BudgetUnit::Usd, Among::All);
  if (shown != nullptr) {
    headers.add("X-Modelux-Budget-Name", shown->budget->name);
    headers.add("X-Modelux-Budget-Remaining", Money{shown->left()}.usd(4));
    headers.add("X-Modelux-Budget-Action", model::actionName(shown->action));
    if (of_money && ends(*shown)) headers.add("X-Modelux-Budget-Reset", iso8601(shown->period.end));
  }
  if (const auto limit = spending.outputLimit())
    headers.add("X-Penstock-Max-Output-Tokens", *limit);
  if (const auto* tokens = tightest(spending, BudgetUnit::Tokens, Among::Blocking))
    addTokenHeaders(caller, headers, *tokens, now);
}

void tightenRate(budget::RateDecision& rate, const Spending& spending, UnixMillis now) {
  const budget::Standing* requests = tightest(spending, BudgetUnit::Requests, Among::Blocking);
  if (requests == nullptr || requests->left() >= rate.remaining) return;
  rate.limit = requests->cap;
  rate.remaining = requests->left();
  if (ends(*requests)) rate.reset_ms = millisLeft(*requests, now);
}

Refusal budgetRefusal(dialect::Dialect caller, const Spending& spending,
                      std::string_view request_id, UnixMillis now) {
  const budget::Standing& by = *spending.enforced();
  if (by.origin == BudgetOrigin::Balance) {
    const ApiError error{
        ErrorKind::InsufficientBalance, "insufficient_balance",
        fmt::format("the balance has {} left ({} more is reserved), and the request "
                    "may cost {}",
                    Money{by.left()}.shown(), Money{by.reserved}.shown(),
                    Money{spending.asked().usd}.shown())};
    return {errorResponse(caller, error, request_id), error.code};
  }
  if (by.unit == BudgetUnit::Usd && by.origin == BudgetOrigin::Budget) {
    return {moneyResponse(caller, by, spending, now), "budget_exceeded"};
  }
  const ApiError error = limitError(by, spending, now);
  return {errorResponse(caller, error, request_id), error.code};
}

}  // namespace penstock::proxy
