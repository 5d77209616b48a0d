#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/reader.h"
#include "manage/change.h"
#include "model/budget.h"
#include "store/tables.h"

// Where budgets send requests for which nothing is left: `downgrade_to`.
namespace penstock::manage {

// Records an error unless `downgrade_to`, when there is one, can be followed: a provider that is
// there, or a routing config of the budget's project; of any, when the budget is of all projects.
void checkDowngrade(json::ObjectReader& body, const model::Budget& budget, store::Tables& tables);

// Keeps a change from taking away what budgets downgrade to: a budget would block from then on, and
// an export could not be applied again. Made before what may do so and asked after it, so that
// those that led nowhere before are in nobody's way. Lives no longer than the change.
class Downgrades {
 public:
  explicit Downgrades(Change& change);

  // Conflict (provider_in_use, routing_config_in_use) when budgets that are still there lead
  // nowhere by now. The message is `says` with their names, as far as the caller may know of them;
  // `id` is that of what they need, empty when there is no one such thing.
  Status check(std::string_view id, std::string_view says) const;

 private:
  Change& change_;
  std::vector<std::string> leading_;  // ids of budgets
};

}  // namespace penstock::manage
