#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "budget/ledger.h"
#include "config/budget_index.h"
#include "model/usage.h"
#include "pricing/ceiling.h"

namespace penstock::proxy {

// What one call for a request spends, from the reservation of the most that it can cost to what it
// did cost: reserve → settle, over every budget that binds it. All calls of a request are counted
// as one request together, and as one under way while any of them is. Used on the request's loop.
// The index and what the ask points to must outlive it.
class Spending {
 public:
  struct Ask {
    const config::BudgetIndex& budgets;
    config::BudgetSubject subject;
    // False: only prepaid balances bind the request, not budgets (settings.budget_bare_models).
    bool budgeted = true;
    const pricing::Price& price;
    pricing::RequestBound bound;
    int64_t choices = 1;
    // How much output the request may be left with at least; absent: its output is not to be
    // lowered.
    std::optional<int64_t> least_output = {};
    bool limited = false;  // the caller named a limit of the output
    UnixMillis now = 0;    // the request's arrival, which chooses the period
    // Of all calls for the request so far; outlives this. Null: there is one.
    const std::vector<Spending*>* siblings = nullptr;
    // Of batches, whose amounts were summed up beforehand: instead of what the bound comes to.
    std::optional<budget::Amounts> amounts = {};
  };
  enum class Outcome : uint8_t {
    Reserved,
    Later,      // `resume` is called, then ask again
    Downgrade,  // go to enforced()->budget->downgrade_to and ask again
    Refused,    // enforced() says by which
  };

  // Reserves the most that the request can cost. Where that is more than is left, the output is
  // lowered to what fits first: a limit that the caller named, by no more than needed; one that
  // nobody named to half of what is left (but a thousand tokens), so that the next request finds
  // something too.
  Outcome reserve(budget::Ledger& ledger, const Ask& ask, const budget::Ledger::Resume& resume);
  // The request is on its way to what that budget downgrades to: such budgets only count from now
  // on.
  void downgraded(const budget::Standing& by) {
    downgrades_ = budget::Downgrades::Count;
    enforced_ = by;
  }
  // What reserve() would find, without reserving.
  void rehearse(budget::Ledger& ledger, const Ask& ask);

  // Ends the reservation, if there is one that is open: with what was used, or with nothing.
  void settle(const model::Usage& usage, Money cost);
  void release();
  bool open() const { return reservation_.open(); }
  // The reservation itself, for what goes on longer than the request does.
  budget::Reservation take() { return std::move(reservation_); }
  bool rehearsed() const { return rehearsed_; }

  Money reserved() const { return Money{asked_.usd}; }
  // What was reserved for: an estimate of what was used is not to be more.
  const pricing::RequestBound& bound() const { return bound_; }
  // Tokens a choice, where the output was lowered.
  std::optional<int64_t> outputLimit() const { return output_limit_; }
  // Of the budgets that bind, as of the last answer, this request's own part up to date.
  const std::vector<budget::Standing>& standings() const { return standings_; }
  // The budget that refused or downgraded; null when none did.
  const budget::Standing* enforced() const { return enforced_ ? &*enforced_ : nullptr; }
  const budget::Amounts& asked() const { return asked_; }
  // The least that it could have been lowered to, where it was refused; else what was asked for.
  const budget::Amounts& least() const { return least_; }
  // A budget sent the request to where this call goes.
  bool isDowngraded() const { return downgrades_ == budget::Downgrades::Count; }

 private:
  std::span<const config::BudgetMatch> match(const Ask& ask) const;
  bool countsFor(const config::BudgetMatch& match) const;
  budget::Standing* underwayIn(const budget::Standing& standing);
  bool swapCount(budget::Standing& mine, Spending& sibling);
  void shareCounts(bool used);
  bool lowerOutput(const Ask& ask, const budget::Grant& grant, model::BudgetUnit refused,
                   pricing::RequestBound& bound);
  void own(const budget::Amounts* used);

  std::vector<budget::Standing> standings_;
  std::optional<budget::Standing> enforced_;
  budget::Downgrades downgrades_ = budget::Downgrades::Bind;
  bool rehearsed_ = false;
  bool used_ = false;  // settled
  const std::vector<Spending*>* siblings_ = nullptr;
  budget::Amounts asked_, least_;
  std::optional<int64_t> output_limit_;
  pricing::RequestBound bound_;
  budget::Reservation reservation_;
};

}  // namespace penstock::proxy
