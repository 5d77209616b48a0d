#include "config/budget_index.h"

#include "json/writer.h"

namespace penstock::config {

using Scope = model::BudgetScope;

namespace {

std::string labelOf(const model::Budget& budget) {
  return '[' + json::quoted(budget.name) + ',' + std::to_string(static_cast<int>(budget.unit)) +
         ',' + std::to_string(static_cast<int>(budget.action)) + "],";
}

}  // namespace

BudgetIndex::BudgetIndex(std::vector<model::Budget> budgets) : budgets_(std::move(budgets)) {
  std::vector<size_t> ends;
  for (const model::Budget& budget : budgets_)
    ends.push_back(label_text_.append(labelOf(budget)).size());
  for (const model::Budget& budget : budgets_) {
    const size_t place = labels_.size(), begin = place == 0 ? 0 : ends[place - 1];
    labels_.push_back(std::string_view(label_text_).substr(begin, ends[place] - begin));
    if (!budget.enabled) continue;
    const Candidate candidate{&budget, budget.project_id ? &*budget.project_id : nullptr};
    Dimension& dimension = dimensionOf(budget);
    if (budget.value && budget.scope != Scope::Organization) {
      const bool model = budget.scope == Scope::Model;
      dimension.of_value[model ? modelKey(*budget.value) : *budget.value].push_back(candidate);
    } else {
      dimension.any.push_back(candidate);
    }
  }
}

BudgetIndex::Dimension& BudgetIndex::dimensionOf(const model::Budget& budget) {
  return budget.scope == Scope::Tag ? tags_[budget.tag_key]
                                    : scopes_.at(static_cast<size_t>(budget.scope));
}

std::string BudgetIndex::modelKey(std::string_view model) { return asciiLower(trim(model)); }

void BudgetIndex::add(const Candidates& candidates, std::string_view project_id,
                      std::string_view value, std::vector<BudgetMatch>& matches) {
  for (const Candidate& candidate : candidates) {
    if (candidate.project_id == nullptr || *candidate.project_id == project_id)
      matches.push_back({candidate.budget, value});
  }
}

void BudgetIndex::look(const Dimension& dimension, std::string_view project_id,
                       std::string_view value, std::vector<BudgetMatch>& matches) {
  if (value.empty()) return;
  add(dimension.any, project_id, value, matches);
  if (dimension.of_value.empty()) return;
  const auto found = dimension.of_value.find(value);
  if (found != dimension.of_value.end()) add(found->second, project_id, {}, matches);
}

void BudgetIndex::match(const BudgetSubject& subject, std::vector<BudgetMatch>& matches) const {
  if (budgets_.empty()) return;
  const auto look_at = [&](Scope scope, std::string_view value) {
    look(scopes_[static_cast<size_t>(scope)], subject.project_id, value, matches);
  };
  add(scopes_[static_cast<size_t>(Scope::Organization)].any, subject.project_id, {}, matches);
  look_at(Scope::Project, subject.project_id);
  look_at(Scope::ApiKey, subject.api_key_id);
  look_at(Scope::EndUser, subject.end_user);
  look_at(Scope::RoutingConfig, subject.routing_config_id);
  look_at(Scope::Provider, subject.provider_id);
  look_at(Scope::Model, subject.model);
  if (tags_.empty()) return;
  for (const auto& [key, value] : subject.tags) {
    const auto found = tags_.find(key);
    if (found != tags_.end()) look(found->second, subject.project_id, value, matches);
  }
}

std::vector<model::Budget> budgetsOf(const model::Balance& balance) {
  model::Budget budget;
  budget.id = balance.id;
  budget.organization_id = balance.organization_id;
  budget.project_id = balance.project_id;
  budget.name = "balance";
  budget.scope = balance.api_key_id ? Scope::ApiKey : Scope::Project;
  budget.value = balance.api_key_id.value_or(balance.project_id);
  budget.cap = balance.credit.nanos;
  budget.period = model::BudgetPeriod::Total;
  budget.timezone = balance.timezone;
  budget.created_at = balance.created_at;
  budget.updated_at = balance.updated_at;
  budget.origin = model::BudgetOrigin::Balance;
  budget.low_threshold = balance.low_threshold.nanos;
  std::vector<model::Budget> budgets{budget};
  if (balance.daily_cap) {
    budget.id += ":daily";
    budget.name = "daily spending";
    budget.cap = balance.daily_cap->nanos;
    budget.period = model::BudgetPeriod::Daily;
    budget.origin = model::BudgetOrigin::DailySpending;
    budget.low_threshold.reset();
    budgets.push_back(budget);
  }
  return budgets;
}

}  // namespace penstock::config
