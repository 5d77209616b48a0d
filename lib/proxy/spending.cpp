#include "proxy/spending.h"

#include <algorithm>
#include <limits>

namespace penstock::proxy {
namespace {

constexpr int kTries = 4;  // at an output that fits, while others reserve too
// What is left to a request whose caller named no limit, where half of the rest would be less.
constexpr int64_t kModestOutput = 1'024;

budget::Amounts amountsOf(const pricing::Price& price, const pricing::RequestBound& bound) {
  return {.usd = pricing::ceilingCost(price, bound).nanos,
          .tokens = bound.input_tokens + bound.output_tokens};
}

bool isOfOutput(model::BudgetUnit unit) {
  return unit == model::BudgetUnit::Usd || unit == model::BudgetUnit::Tokens;
}

}  // namespace

// Valid until the thread's next call.
std::span<const config::BudgetMatch> Spending::match(const Ask& ask) const {
  static thread_local std::vector<config::BudgetMatch> matches;
  matches.clear();
  ask.budgets.match(ask.subject, matches);
  if (!ask.budgeted) {
    std::erase_if(matches, [](const config::BudgetMatch& match) {
      return match.budget->origin == model::BudgetOrigin::Budget;
    });
  }
  if (ask.siblings == nullptr) return matches;
  for (const Spending* sibling : *ask.siblings) {
    if (sibling == this) continue;
    for (config::BudgetMatch& match : matches) {
      if (sibling->countsFor(match)) match.counts = false;
    }
  }
  return matches;
}

// Whether the request is counted there by this call: while it is under way, and as a request for
// good where it used something.
bool Spending::countsFor(const config::BudgetMatch& match) const {
  const auto counts = [&](const budget::Standing& standing) {
    const bool lasting = used_ && standing.unit != model::BudgetUnit::Concurrency;
    return (open() || lasting) && standing.counts && standing.budget == match.budget &&
           standing.value == match.value;
  };
  return std::ranges::any_of(standings_, counts);
}

// The standing in the same bucket of a call that is under way; null: it is in none such.
budget::Standing* Spending::underwayIn(const budget::Standing& standing) {
  if (!open()) return nullptr;
  const auto found = std::ranges::find_if(standings_, [&standing](const budget::Standing& own) {
    return own.budget == standing.budget && own.value == standing.value &&
           own.period.start == standing.period.start;
  });
  return found == standings_.end() ? nullptr : &*found;
}

// Moves the count in the bucket of `mine` between this call and the sibling: whoever has it gives.
bool Spending::swapCount(budget::Standing& mine, Spending& sibling) {
  budget::Standing* const theirs = sibling.underwayIn(mine);
  if (theirs == nullptr || theirs->counts == mine.counts) return false;
  const auto here = static_cast<size_t>(&mine - standings_.data());
  const auto there = static_cast<size_t>(theirs - sibling.standings_.data());
  if (!reservation_.handOver(here, sibling.reservation_, there)) return false;
  std::swap(mine.counts, theirs->counts);
  return true;
}

// Before this call's end. Requests are counted for good by the first call that used something;
// what this one counts and not for good, another that is under way goes on counting.
void Spending::shareCounts(bool used) {
  if (siblings_ == nullptr || siblings_->size() < 2) return;
  for (budget::Standing& mine : standings_) {
    const bool keeps = used && mine.unit != model::BudgetUnit::Concurrency;
    if (mine.counts == keeps) continue;
    for (Spending* sibling : *siblings_) {
      if (sibling != this && swapCount(mine, *sibling)) break;
    }
  }
}

Spending::Outcome Spending::reserve(budget::Ledger& ledger, const Ask& ask,
                                    const budget::Ledger::Resume& resume) {
  standings_.clear();
  output_limit_.reset();
  siblings_ = ask.siblings;
  const auto matches = match(ask);
  if (matches.empty()) return Outcome::Reserved;
  pricing::RequestBound bound = ask.bound;
  for (int tries = 1;; ++tries) {
    asked_ = ask.amounts ? *ask.amounts : amountsOf(ask.price, bound);
    budget::Grant grant = ledger.reserve(matches, asked_, downgrades_, ask.now, resume);
    standings_ = std::move(grant.standings);
    if (grant.verdict == budget::Verdict::Pending) return Outcome::Later;
    if (grant.verdict == budget::Verdict::Granted) {
      reservation_ = std::move(grant.reservation);
      bound_ = bound;
      return Outcome::Reserved;
    }
    const budget::Standing& by = standings_[*grant.refused_by];
    const bool downgrade = grant.verdict == budget::Verdict::Downgrade;
    if (!downgrade && tries < kTries && lowerOutput(ask, grant, by.unit, bound)) continue;
    enforced_ = by;
    least_ = asked_;
    if (ask.least_output && !ask.amounts) {
      bound.output_tokens = std::min(bound.output_tokens, *ask.least_output * ask.choices);
      least_ = amountsOf(ask.price, bound);
    }
    ledger.refused(by, ask.now);
    return downgrade ? Outcome::Downgrade : Outcome::Refused;
  }
}

bool Spending::lowerOutput(const Ask& ask, const budget::Grant& grant, model::BudgetUnit refused,
                           pricing::RequestBound& bound) {
  if (!ask.least_output || !isOfOutput(refused)) return false;
  int64_t fits = std::numeric_limits<int64_t>::max();
  if (grant.usd_left) fits = pricing::outputThatFits(ask.price, bound, Money{*grant.usd_left});
  if (grant.tokens_left) fits = std::min(fits, *grant.tokens_left - bound.input_tokens);
  int64_t each = fits / ask.choices;
  if (!ask.limited) each = std::max(each / 2, std::min(each, kModestOutput));
  const int64_t now = bound.output_tokens / ask.choices;
  // What is left may have grown meanwhile: ask for the same again.
  each = std::min(each, now);
  if (fits < 0 || each < std::min(*ask.least_output, now)) return false;
  if (each < now) output_limit_ = each;
  bound.output_tokens = each * ask.choices;
  return true;
}

void Spending::rehearse(budget::Ledger& ledger, const Ask& ask) {
  const auto matches = match(ask);
  rehearsed_ = true;
  asked_ = amountsOf(ask.price, ask.bound);
  standings_ = ledger.peek(matches, ask.now);
}

// Brings this request's own part of the standings up to date.
void Spending::own(const budget::Amounts* used) {
  const budget::ByUnit asked = budget::byUnit(asked_);
  const budget::ByUnit took = used == nullptr ? budget::ByUnit{} : budget::byUnit(*used);
  for (budget::Standing& standing : standings_) {
    if (!standing.counts && model::isCount(standing.unit)) continue;
    const auto place = static_cast<size_t>(standing.unit);
    standing.reserved = std::max<int64_t>(standing.reserved - asked[place], 0);
    if (standing.unit != model::BudgetUnit::Concurrency) standing.settled += took[place];
  }
}

void Spending::settle(const model::Usage& usage, Money cost) {
  if (!reservation_.open()) return;
  const budget::Amounts used{.usd = cost.nanos, .tokens = usage.input() + usage.output()};
  shareCounts(true);
  used_ = true;
  reservation_.settle(used);
  own(&used);
}

void Spending::release() {
  if (!reservation_.open()) return;
  shareCounts(false);
  reservation_.release();
  own(nullptr);
}

}  // namespace penstock::proxy
