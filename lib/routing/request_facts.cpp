#include "routing/request_facts.h"

#include <algorithm>

#include "config/reach.h"
#include "routing/order.h"

namespace penstock::routing {
namespace {

using rules::Value;
using rules::Variable;

Value text(std::string_view text) { return text.empty() ? Value() : Value(text); }

template <typename T>
Value number(const std::optional<T>& maybe) {
  return maybe ? Value(static_cast<double>(*maybe)) : Value();
}

}  // namespace

Value RequestFacts::value(Variable variable, std::string_view key) const {
  switch (variable) {
    case Variable::BudgetUsed:
    case Variable::BudgetRemaining:
    case Variable::BudgetName:
    case Variable::OneBudgetUsed:
    case Variable::OneBudgetRemaining: return ofBudget(variable, key);
    case Variable::LatencyP50:
    case Variable::ProviderHealthy: return ofProvider(variable, key);
    case Variable::CostEstimate: return costEstimate();
    default: return ofRequest(variable, key);
  }
}

Value RequestFacts::ofRequest(Variable variable, std::string_view key) const {
  switch (variable) {
    case Variable::Tag: {
      const auto found =
          std::ranges::find(source_.tags, key, &std::pair<std::string, std::string>::first);
      return found == source_.tags.end() ? Value() : Value(std::string_view(found->second));
    }
    case Variable::EndUser: return text(source_.end_user);
    case Variable::Project: return text(source_.project);
    case Variable::Model: return text(source_.model);
    case Variable::Stream: return source_.stream;
    case Variable::MaxTokens: return number(source_.request.maxOutputTokens());
    case Variable::Temperature: return number(source_.temperature);
    case Variable::HasTools: return source_.request.hasTools();
    case Variable::HasImages: return source_.request.hasImages();
    case Variable::PromptTokens: return static_cast<double>(source_.request.promptTokens());
    case Variable::TimeHour: return rules::utcHour(source_.environment.now());
    case Variable::TimeWeekday: return rules::utcWeekday(source_.environment.now());
    default: return {};
  }
}

const std::vector<RequestFacts::Budget>& RequestFacts::budgets() const {
  if (!budgets_) budgets_ = source_.budgets ? source_.budgets() : std::vector<Budget>();
  return *budgets_;
}

// budget.* is of the most used of those that bind the request.
Value RequestFacts::ofBudget(Variable variable, std::string_view key) const {
  const std::vector<Budget>& all = budgets();
  const bool by_name =
      variable == Variable::OneBudgetUsed || variable == Variable::OneBudgetRemaining;
  const auto found = by_name ? std::ranges::find(all, key, &Budget::name)
                             : std::ranges::max_element(all, {}, &Budget::used);
  if (found == all.end()) return {};
  if (variable == Variable::BudgetName) return found->name;
  const bool used = variable == Variable::BudgetUsed || variable == Variable::OneBudgetUsed;
  return used ? Value(found->used) : number(found->remaining_usd);
}

// By the provider's name, its id, or its vendor's, whose default it is then.
Value RequestFacts::ofProvider(Variable variable, std::string_view key) const {
  const model::Provider* provider = source_.snapshot.findProviderByName(key);
  if (provider == nullptr) provider = source_.snapshot.findProvider(key);
  if (provider == nullptr) provider = source_.snapshot.findDefaultProvider(key);
  if (provider == nullptr) return {};
  const auto status = source_.environment.status(*provider);
  if (variable == Variable::LatencyP50) return number(status.p50_ms);
  return status.state != HealthState::Unhealthy;
}

// It is not known yet where the request goes: what it costs at the dearest target that its config
// may lead to, so that a rule errs on the side of care.
Value RequestFacts::costEstimate() const {
  if (cost_) return *cost_;
  cost_.emplace();
  if (source_.config == nullptr) return *cost_;
  std::optional<Money> dearest;
  for (const config::PolicyTarget* target : config::targetsOf(source_.snapshot, *source_.config)) {
    const auto* provider = source_.snapshot.findProvider(target->credentials.front().provider_id);
    if (provider == nullptr) continue;
    const auto cost =
        estimatedCost(source_.environment.quote(*provider, target->model), source_.request);
    if (cost && (!dearest || cost->nanos > dearest->nanos)) dearest = cost;
  }
  if (dearest) cost_ = static_cast<double>(dearest->nanos) / 1e9;
  return *cost_;
}

}  // namespace penstock::routing
