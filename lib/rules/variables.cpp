#include "rules/variables.h"

namespace penstock::rules {
namespace {

struct Row {
  std::string_view path;  // a segment in <> is any, and is the key
  Variable variable;
  Type type;
  FactGroup group;
};

constexpr Row kRows[] = {
    {"tags.<name>", Variable::Tag, Type::Text, FactGroup::Request},
    {"end_user", Variable::EndUser, Type::Text, FactGroup::Request},
    {"project", Variable::Project, Type::Text, FactGroup::Request},
    {"model", Variable::Model, Type::Text, FactGroup::Request},
    {"request.stream", Variable::Stream, Type::Bool, FactGroup::Request},
    {"request.max_tokens", Variable::MaxTokens, Type::Number, FactGroup::Request},
    {"request.temperature", Variable::Temperature, Type::Number, FactGroup::Request},
    {"request.has_tools", Variable::HasTools, Type::Bool, FactGroup::Request},
    {"request.has_images", Variable::HasImages, Type::Bool, FactGroup::Prompt},
    {"request.prompt_tokens", Variable::PromptTokens, Type::Number, FactGroup::Prompt},
    {"budget.used_pct", Variable::BudgetUsed, Type::Number, FactGroup::Budgets},
    {"budget.remaining_usd", Variable::BudgetRemaining, Type::Number, FactGroup::Budgets},
    {"budget.name", Variable::BudgetName, Type::Text, FactGroup::Budgets},
    {"budgets.<name>.used_pct", Variable::OneBudgetUsed, Type::Number, FactGroup::Budgets},
    {"budgets.<name>.remaining_usd", Variable::OneBudgetRemaining, Type::Number,
     FactGroup::Budgets},
    {"cost.estimate_usd", Variable::CostEstimate, Type::Number, FactGroup::Cost},
    {"latency.<provider>.p50_ms", Variable::LatencyP50, Type::Number, FactGroup::Latency},
    {"provider.<id>.healthy", Variable::ProviderHealthy, Type::Bool, FactGroup::Health},
    {"time.hour", Variable::TimeHour, Type::Number, FactGroup::WallClock},
    {"time.weekday", Variable::TimeWeekday, Type::Number, FactGroup::WallClock},
};

// Takes the first segment off a path of the table.
std::string_view nextSegment(std::string_view& path) {
  const size_t dot = path.find('.');
  const std::string_view segment = path.substr(0, dot);
  path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  return segment;
}

std::optional<Reference> match(const Row& row, std::span<const std::string_view> segments) {
  Reference reference{row.variable, row.type, row.group, {}};
  std::string_view rest = row.path;
  for (const std::string_view segment : segments) {
    const std::string_view wanted = nextSegment(rest);
    if (wanted.starts_with('<')) {
      reference.key = segment;
    } else if (segment != wanted) {
      return {};
    }
  }
  if (!rest.empty()) return {};
  return reference;
}

bool isUnder(const Row& row, std::string_view root) {
  std::string_view path = row.path;
  return root.empty() || nextSegment(path) == root;
}

std::string listUnder(std::string_view root) {
  std::string list;
  for (const Row& row : kRows) {
    if (!isUnder(row, root)) continue;
    if (!list.empty()) list += ", ";
    list += row.path;
  }
  return list;
}

}  // namespace

std::optional<Reference> findVariable(std::span<const std::string_view> segments) {
  for (const Row& row : kRows) {
    if (auto reference = match(row, segments)) return reference;
  }
  return {};
}

std::string knownVariables(std::string_view root) {
  const std::string under_root = listUnder(root);
  return under_root.empty() ? listUnder({}) : under_root;
}

}  // namespace penstock::rules
