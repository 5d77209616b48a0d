#pragma once

#include <functional>

#include "base/clock.h"
#include "budget/alert.h"

namespace penstock::alert {

// Whom to wake after the commit, since there may be something to deliver. Each may be null, must
// not wait, and is called on the ledger's thread.
struct Couriers {
  std::function<void()> webhooks;
  std::function<void()> mails;
};

// Tells of budgets and balances: budget_event rows, webhook events, mails. Used by one thread at a
// time, the ledger's. `clock` outlives it.
class BudgetAlerts final : public budget::AlertSink {
 public:
  BudgetAlerts(const Clock& clock, Couriers couriers)
      : clock_(clock), couriers_(std::move(couriers)) {}

  void tell(store::Tables& tables, const budget::Alert& alert) override;
  void told() override;

 private:
  void tellOfBudget(store::Tables& tables, const budget::Alert& alert);
  void tellOfBalance(store::Tables& tables, const budget::Alert& alert);

  const Clock& clock_;
  const Couriers couriers_;
};

}  // namespace penstock::alert
