#include "model/budget.h"

#include <array>
#include <utility>

namespace penstock::model {
namespace {

template <typename T, size_t N>
using Names = std::array<std::pair<T, std::string_view>, N>;

template <typename T, size_t N>
std::string_view nameOf(const Names<T, N>& names, T value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return names.front().second;
}

template <typename T, size_t N>
std::optional<T> valueOf(const Names<T, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

constexpr Names<BudgetScope, 8> kScopes{{{BudgetScope::EndUser, "end_user"},
                                         {BudgetScope::Tag, "tag"},
                                         {BudgetScope::ApiKey, "api_key"},
                                         {BudgetScope::RoutingConfig, "routing_config"},
                                         {BudgetScope::Model, "model"},
                                         {BudgetScope::Provider, "provider"},
                                         {BudgetScope::Project, "project"},
                                         {BudgetScope::Organization, "organization"}}};
constexpr Names<BudgetUnit, 4> kUnits{{{BudgetUnit::Usd, "usd"},
                                       {BudgetUnit::Tokens, "tokens"},
                                       {BudgetUnit::Requests, "requests"},
                                       {BudgetUnit::Concurrency, "concurrency"}}};
constexpr Names<BudgetPeriod, 6> kPeriods{{{BudgetPeriod::Minute, "minute"},
                                           {BudgetPeriod::Hour, "hour"},
                                           {BudgetPeriod::Daily, "daily"},
                                           {BudgetPeriod::Weekly, "weekly"},
                                           {BudgetPeriod::Monthly, "monthly"},
                                           {BudgetPeriod::Total, "total"}}};
constexpr Names<BudgetAction, 3> kActions{{{BudgetAction::Block, "block"},
                                           {BudgetAction::Downgrade, "downgrade"},
                                           {BudgetAction::WarnOnly, "warn_only"}}};
constexpr Names<BudgetOutcome, 4> kOutcomes{{{BudgetOutcome::Ok, "ok"},
                                             {BudgetOutcome::Counted, "counted"},
                                             {BudgetOutcome::Blocked, "blocked"},
                                             {BudgetOutcome::Downgraded, "downgraded"}}};

}  // namespace

std::string_view scopeName(BudgetScope scope) { return nameOf(kScopes, scope); }
std::optional<BudgetScope> parseBudgetScope(std::string_view name) {
  return valueOf(kScopes, name);
}

std::string_view unitName(BudgetUnit unit) { return nameOf(kUnits, unit); }
std::optional<BudgetUnit> parseBudgetUnit(std::string_view name) { return valueOf(kUnits, name); }

std::string_view periodName(BudgetPeriod period) { return nameOf(kPeriods, period); }
std::optional<BudgetPeriod> parseBudgetPeriod(std::string_view name) {
  return valueOf(kPeriods, name);
}

std::string_view actionName(BudgetAction action) { return nameOf(kActions, action); }
std::optional<BudgetAction> parseBudgetAction(std::string_view name) {
  return valueOf(kActions, name);
}

std::string_view budgetOutcomeName(BudgetOutcome outcome) { return nameOf(kOutcomes, outcome); }
std::optional<BudgetOutcome> parseBudgetOutcome(std::string_view name) {
  return valueOf(kOutcomes, name);
}

}  // namespace penstock::model
