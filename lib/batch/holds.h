#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/sync.h"
#include "batch/plan.h"
#include "budget/ledger.h"
#include "config/snapshot.h"
#include "model/relayed_object.h"

namespace penstock::batch {

// What is set aside for batches under way: one reservation a model of the plan, in its order.
// Dropped reservations are released. Thread-safe.
class Holds {
 public:
  using Shares = std::vector<budget::Reservation>;
  void put(std::string_view provider_id, std::string_view id, Shares shares);
  // Empty when nothing is set aside for it.
  Shares take(std::string_view provider_id, std::string_view id);

 private:
  using Key = std::pair<std::string, std::string>;
  Sync<std::map<Key, Shares>> shares_;
};

// Amounts that a share of a plan takes of budgets: its lines count as requests; that they are under
// way at once is the provider's business.
budget::Amounts amountsOf(const ModelPlan& share);

// Whose money a batch is.
struct Payer {
  const config::Snapshot& snapshot;
  std::string_view project_id, api_key_id, provider_id;
  const Plan& plan;
};
// The budgets that bind a share. They live as long as the snapshot, their values as long as what is
// given. `model_key` is as BudgetIndex::modelKey() writes it.
std::vector<config::BudgetMatch> budgetsOf(const Payer& payer, std::string_view model_key);

// Reserves for a batch that is under way already, waiting for the store where it must: not for
// event loops, nor for the ledger's thread. What does not fit any more is reserved as nothing, so
// that what is used can be settled all the same.
budget::Reservation reserveNow(budget::Ledger& ledger, const Payer& payer, const ModelPlan& share,
                               UnixMillis now);

}  // namespace penstock::batch
