// Budgets: caps on what requests use in a period. What they have counted is in budget_status.cpp.
#include "budget/ledger.h"
#include "manage/body.h"
#include "manage/budget_alerts.h"
#include "manage/budget_fields.h"
#include "manage/budget_status.h"
#include "manage/change.h"
#include "manage/downgrades.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/query.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler listBudgets, createBudget, showBudget, updateBudget, deleteBudget;

// As with routing configs: who may send traffic anywhere may say how much of it.
constexpr ResourceRoute kRoutes[] = {
    {"GET", "/budgets", model::Role::Viewer, listBudgets},
    {"POST", "/budgets", model::Role::Member, createBudget},
    {"GET", "/budgets/{budget_id}", model::Role::Viewer, showBudget},
    {"PATCH", "/budgets/{budget_id}", model::Role::Member, updateBudget},
    {"DELETE", "/budgets/{budget_id}", model::Role::Member, deleteBudget},
    {"GET", "/budgets/{budget_id}/status", model::Role::Viewer, showBudgetStatus},
    {"GET", "/budgets/{budget_id}/buckets", model::Role::Viewer, listBudgetBuckets},
    {"GET", "/budgets/{budget_id}/events", model::Role::Viewer, listBudgetEvents},
    {"GET", "/budgets/{budget_id}/alerts", model::Role::Viewer, listBudgetAlerts},
    {"POST", "/budgets/{budget_id}/alerts", model::Role::Member, createBudgetAlert},
    {"DELETE", "/budgets/{budget_id}/alerts/{alert_id}", model::Role::Member, deleteBudgetAlert},
};

constexpr std::string_view kList = "budgets";
constexpr auto kPart = config::Part::Budgets;

void writeBudget(json::Writer& out, const model::Budget& budget, UnixMillis) {
  using model::BudgetScope;
  const auto about = [&](std::string_view field, BudgetScope scope) {
    out.field(field, budget.scope == scope ? budget.value : std::nullopt);
  };
  out.beginObject().field("id", budget.id).field("name", budget.name);
  out.field("scope", model::scopeName(budget.scope)).field("project_id", budget.project_id);
  about("api_key_id", BudgetScope::ApiKey);
  about("end_user", BudgetScope::EndUser);
  writeText(out, "tag_key", budget.tag_key);
  about("tag_value", BudgetScope::Tag);
  about("routing_config_id", BudgetScope::RoutingConfig);
  about("provider_id", BudgetScope::Provider);
  about("model", BudgetScope::Model);
  writeBudgetTerms(out, budget);
  writeTime(out, "created_at", budget.created_at);
  writeTime(out, "updated_at", budget.updated_at);
  out.endObject();
}

std::string_view projectOf(const model::Budget& budget) {
  return budget.project_id ? std::string_view(*budget.project_id) : std::string_view();
}

// What a confined caller's project spends in a budget of all projects is not theirs alone to know.
std::optional<model::Budget> findBudget(store::Tables& tables, const Call& call,
                                        std::string_view named) {
  auto budget = tables.budgets.find(named);
  if (budget && !budget->project_id && !call.caller.project_ids.empty()) return std::nullopt;
  return budget;
}

Answer listBudgets(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  const std::string named = query.text("project_id");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto projects = projectFilter(call, named);
  if (!projects) return projects.error();
  const auto found = services.config.store().read(
      [&](store::Tables& tables) { return tables.budgets.list(*projects, page); });
  return pageAnswer(kList, kBudget, found, call.now);
}

Answer createBudget(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, kPart, [&](Change& change) -> Answer {
    json::ObjectReader body(document->root());
    model::Budget budget;
    for (const char* field : {"name", "scope"}) requireField(body, field);
    readBudgetSubject(body, budget, call, change.tables);
    readBudgetTerms(body, budget);
    requireCap(body, budget);
    checkDowngrade(body, budget, change.tables);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    auto added = addBudget(change, budget);
    if (!added) return std::move(added).error();
    return objectAnswer(kCreated, kBudget, *added, call.now);
  });
}

Answer showBudget(Services& services, const Call& call) {
  return showOne(kBudget, services, call, "budget_id");
}

// The field that says which of its scope's things a budget is about.
std::string_view valueField(model::BudgetScope scope) {
  using model::BudgetScope;
  switch (scope) {
    case BudgetScope::EndUser: return "end_user";
    case BudgetScope::Tag: return "tag_value";
    case BudgetScope::ApiKey: return "api_key_id";
    case BudgetScope::RoutingConfig: return "routing_config_id";
    case BudgetScope::Model: return "model";
    case BudgetScope::Provider: return "provider_id";
    case BudgetScope::Project:
    case BudgetScope::Organization: break;
  }
  return "project_id";
}

// What was counted for one thing must not come to stand for another.
void refuseOtherSubject(json::ObjectReader& body, const model::Budget& before,
                        const model::Budget& now) {
  constexpr const char* kSays =
      "what a budget is about and its unit cannot be changed; make another";
  if (before.unit != now.unit) body.fail("unit", kSays);
  if (before.scope != now.scope) return body.fail("scope", kSays);
  if (before.tag_key != now.tag_key) body.fail("tag_key", kSays);
  // A project that the body does not name came with the key or the config that it names.
  const bool other_project = before.project_id != now.project_id;
  const bool named = other_project && body.has("project_id");
  if (named) body.fail("project_id", kSays);
  const std::string_view field = valueField(now.scope);
  if (named && field == "project_id") return;
  if (before.value != now.value || (other_project && !named)) body.fail(field, kSays);
}

// Whoever has themselves told of a budget must not wait in vain.
void refuseSilence(json::ObjectReader& body, const model::Budget& before, const model::Budget& now,
                   store::Tables& tables) {
  if (budget::isKept(now) || !budget::isKept(before)) return;
  if (tables.budget_alerts.ofBudget(now.id).empty()) return;
  body.fail("period", std::string("the budget has alerts, and ") + kNothingTold);
}

Answer updateBudget(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, kPart, [&](Change& change) -> Answer {
    auto budget = change.load(kBudget, "budget_id");
    if (!budget) return std::move(budget).error();
    const model::Budget before = *budget;
    json::ObjectReader body(document->root());
    readBudgetSubject(body, *budget, call, change.tables);
    readBudgetTerms(body, *budget);
    if (body.ok()) refuseOtherSubject(body, before, *budget);
    refuseSilence(body, before, *budget, change.tables);
    if (before.downgrade_to != budget->downgrade_to) {
      checkDowngrade(body, *budget, change.tables);
    }
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    auto changed = changeBudget(change, *budget);
    if (!changed) return std::move(changed).error();
    return objectAnswer(kOk, kBudget, *changed, call.now);
  });
}

Answer deleteBudget(Services& services, const Call& call) {
  return change(services, call, kPart, [&](Change& change) -> Answer {
    auto budget = change.load(kBudget, "budget_id");
    if (!budget) return std::move(budget).error();
    dropBudget(change, *budget);
    return deletedAnswer(budget->id);
  });
}

}  // namespace

const Kind<model::Budget> kBudget{"budget", projectOf, writeBudget, findBudget};

Result<model::Budget> addBudget(Change& change, model::Budget budget) {
  budget.id = change.newId("bud_");
  budget.organization_id = change.call.caller.organization_id;
  budget.created_at = budget.updated_at = change.call.now;
  if (auto added = change.tables.budgets.insert(budget); !added) return std::move(added).error();
  change.created(kBudget, budget);
  return budget;
}

Result<model::Budget> changeBudget(Change& change, model::Budget budget) {
  if (change.tables.budgets.find(budget.id) == budget) return budget;
  budget.updated_at = change.call.now;
  if (auto stored = change.tables.budgets.update(budget); !stored) return stored.error();
  change.updated(kBudget, budget);
  return budget;
}

void dropBudget(Change& change, const model::Budget& budget) {
  change.tables.budget_alerts.removeOf(budget.id);
  change.tables.budgets.softDelete(budget.id, change.call.now);
  change.deleted(kBudget, budget);
}

std::span<const ResourceRoute> budgetRoutes() { return kRoutes; }

}  // namespace penstock::manage
