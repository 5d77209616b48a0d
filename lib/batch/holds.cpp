#include "batch/holds.h"

#include <future>

namespace penstock::batch {

void Holds::put(std::string_view provider_id, std::string_view id, Shares shares) {
  shares_.lock()->insert_or_assign(Key(provider_id, id), std::move(shares));
}

Holds::Shares Holds::take(std::string_view provider_id, std::string_view id) {
  auto held = shares_.lock();
  auto node = held->extract(Key(provider_id, id));
  return node.empty() ? Shares() : std::move(node.mapped());
}

budget::Amounts amountsOf(const ModelPlan& share) {
  return {.usd = share.most.nanos,
          .tokens = share.tokens,
          .requests = share.requests,
          .concurrency = 0};
}

std::vector<config::BudgetMatch> budgetsOf(const Payer& payer, std::string_view model_key) {
  std::vector<config::BudgetMatch> matches;
  payer.snapshot.budgets().match({payer.project_id,
                                  payer.api_key_id,
                                  payer.plan.end_user,
                                  {},
                                  payer.provider_id,
                                  model_key,
                                  payer.plan.tags},
                                 matches);
  // As with requests that name a model instead of a config.
  const model::Project* project = payer.snapshot.findProject(payer.project_id);
  if (project == nullptr || project->settings.budget_bare_models) return matches;
  std::erase_if(matches, [](const config::BudgetMatch& match) {
    return match.budget->origin == model::BudgetOrigin::Budget;
  });
  return matches;
}

budget::Reservation reserveNow(budget::Ledger& ledger, const Payer& payer, const ModelPlan& share,
                               UnixMillis now) {
  const std::string model_key = config::BudgetIndex::modelKey(share.model);
  const auto matches = budgetsOf(payer, model_key);
  budget::Amounts amounts = amountsOf(share);
  for (;;) {
    const auto ready = std::make_shared<std::promise<Status>>();
    auto resumed = ready->get_future();
    budget::Grant grant =
        ledger.reserve(matches, amounts, budget::Downgrades::Count, now,
                       [ready](const Status& status) { ready->set_value(status); });
    switch (grant.verdict) {
      case budget::Verdict::Granted: return std::move(grant.reservation);
      case budget::Verdict::Pending:
        if (!resumed.get()) return {};  // the store takes no leases
        break;
      case budget::Verdict::Refused:
      case budget::Verdict::Downgrade: amounts = {0, 0, 0, 0}; break;  // nothing always fits
    }
  }
}

}  // namespace penstock::batch
