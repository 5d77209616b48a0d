#include "manage/budget_fields.h"

#include <array>
#include <tuple>

#include "budget/period.h"
#include "manage/amounts.h"
#include "manage/answers.h"
#include "manage/body.h"

namespace penstock::manage {
namespace {

using model::BudgetAction;
using model::BudgetPeriod;
using model::BudgetScope;
using model::BudgetUnit;

constexpr std::array kUnits{BudgetUnit::Usd, BudgetUnit::Tokens, BudgetUnit::Requests,
                            BudgetUnit::Concurrency};
// Enough for anyone, and far from where sums overflow.
constexpr json::IntRange kCount{.min = 0, .max = 1'000'000'000'000'000};
constexpr json::StringBounds kValue{.min = 1, .max = 256};
constexpr json::StringBounds kTagKey{.min = 1, .max = 64};

// One of the names of an enumeration, in the order of its values.
template <typename T, size_t N>
void readChoice(json::ObjectReader& body, std::string_view key,
                const std::array<std::string_view, N>& names, T& value) {
  if (const auto chosen = body.choice(key, names)) value = static_cast<T>(*chosen);
}

void readCap(json::ObjectReader& body, model::Budget& budget) {
  for (const BudgetUnit unit : kUnits) {
    const std::string field = unitField("cap", unit);
    if (!body.has(field)) continue;
    if (body.isNull(field)) {  // as shown of the other units
      if (unit == budget.unit) body.fail(field, "must not be null: a budget has a cap");
    } else if (unit != budget.unit) {
      body.fail(field, "goes with the unit " + std::string(model::unitName(unit)));
    } else if (unit == BudgetUnit::Usd) {
      if (const auto cap = readUsd(body, field, Money{})) budget.cap = cap->nanos;
    } else if (const auto cap = body.integer(field, kCount)) {
      budget.cap = *cap;
    }
  }
}

bool hasResetDay(BudgetPeriod period) {
  return period == BudgetPeriod::Weekly || period == BudgetPeriod::Monthly;
}

// Money by the minute is no budget: what a single request costs would decide. What is being served
// right now has no period.
void readPeriod(json::ObjectReader& body, model::Budget& budget) {
  const BudgetPeriod before = budget.period;
  if (budget.unit == BudgetUnit::Concurrency) budget.period = BudgetPeriod::Total;
  readChoice<BudgetPeriod, 6>(
      body, "period", {"minute", "hour", "daily", "weekly", "monthly", "total"}, budget.period);
  const bool brief = budget.period == BudgetPeriod::Minute || budget.period == BudgetPeriod::Hour;
  if (brief && budget.unit == BudgetUnit::Usd) {
    body.fail("period", "minute and hour go with the units tokens and requests");
  }
  if (budget.unit == BudgetUnit::Concurrency && budget.period != BudgetPeriod::Total) {
    body.fail("period", "must be total with the unit concurrency");
  }
  if (budget.period != before) budget.reset_day = 1;
  const int64_t last = budget.period == BudgetPeriod::Weekly ? 7 : 31;
  if (!body.has("reset_day")) return;
  if (body.isNull("reset_day")) {
    budget.reset_day = 1;
    return;
  }
  const auto day = body.integer("reset_day", {.min = 1, .max = last});
  if (!hasResetDay(budget.period)) body.fail("reset_day", "goes with weekly and monthly");
  if (day) budget.reset_day = static_cast<int>(*day);
}

void readAction(json::ObjectReader& body, model::Budget& budget) {
  readChoice<BudgetAction, 3>(body, "action", {"block", "downgrade", "warn_only"}, budget.action);
  const bool given = body.has("downgrade_to") && !body.isNull("downgrade_to");
  if (budget.action != BudgetAction::Downgrade) {
    budget.downgrade_to.clear();
    if (given) body.fail("downgrade_to", "goes with the action downgrade");
    return;
  }
  if (budget.unit != BudgetUnit::Usd) body.fail("action", "downgrade goes with the unit usd");
  if (given) {
    if (auto target = body.string("downgrade_to", kValue)) budget.downgrade_to = *target;
  } else if (budget.downgrade_to.empty() || body.isNull("downgrade_to")) {
    body.fail("downgrade_to", "is required with the action downgrade");
  }
}

// Null for those of every project. When absent, a new budget is of the only project that the caller
// is confined to, or of every one.
void readOwner(json::ObjectReader& body, model::Budget& budget, const Call& call) {
  const auto& own = call.caller.project_ids;
  if (!body.has("project_id")) {
    if (budget.id.empty() && own.size() == 1) budget.project_id = own.front();
  } else if (const auto named = readValue(body, "project_id")) {
    const model::Project* project = findProject(call, *named);
    if (project == nullptr) return body.fail("project_id", "there is no such project");
    budget.project_id = project->id;
  } else {
    budget.project_id.reset();
  }
  if (budget.project_id || own.empty() || !body.has("project_id")) return;
  body.fail("project_id", "a budget of all projects needs a key that is not confined");
}

// What the field names, if `find` knows it: the project that it belongs to.
template <typename Find>
void readReference(json::ObjectReader& body, std::string_view field, BudgetScope scope,
                   model::Budget& budget, const Call& call, Find find) {
  if (!mayRead(body, field, budget, scope)) return;
  budget.value = readValue(body, field);
  if (!budget.value) return;
  const std::optional<std::string> project = find(*budget.value);
  if (!project || !call.sees(*project)) return body.fail(field, "there is no such thing");
  if (project->empty()) return;
  if (!budget.project_id && !body.has("project_id")) budget.project_id = *project;
  if (budget.project_id != *project) body.fail(field, "belongs to another project");
}

}  // namespace

std::string unitField(std::string_view name, BudgetUnit unit) {
  return std::string(name) + "_" + std::string(model::unitName(unit));
}

std::optional<std::string> readValue(json::ObjectReader& body, std::string_view field) {
  if (body.isNull(field)) return std::nullopt;
  auto text = body.string(field, kValue);
  return text == "*" ? std::nullopt : text;
}

bool mayRead(json::ObjectReader& body, std::string_view field, const model::Budget& budget,
             BudgetScope scope) {
  if (!body.has(field)) return false;
  if (budget.scope == scope) return true;
  if (!body.isNull(field)) {
    body.fail(field, "goes with the scope " + std::string(model::scopeName(scope)));
  }
  return false;
}

void readBudgetScope(json::ObjectReader& body, model::Budget& budget) {
  readChoice<BudgetScope, 8>(body, "scope",
                             {"end_user", "tag", "api_key", "routing_config", "model", "provider",
                              "project", "organization"},
                             budget.scope);
  if (mayRead(body, "tag_key", budget, BudgetScope::Tag)) {
    if (auto key = body.string("tag_key", kTagKey)) budget.tag_key = *std::move(key);
  } else if (budget.scope == BudgetScope::Tag && budget.tag_key.empty()) {
    body.fail("tag_key", "is required with the scope tag");
  }
  if (mayRead(body, "tag_value", budget, BudgetScope::Tag)) {
    budget.value = readValue(body, "tag_value");
  }
  if (mayRead(body, "end_user", budget, BudgetScope::EndUser)) {
    budget.value = readValue(body, "end_user");
  }
  if (mayRead(body, "model", budget, BudgetScope::Model)) budget.value = readValue(body, "model");
}

void readBudgetSubject(json::ObjectReader& body, model::Budget& budget, const Call& call,
                       store::Tables& tables) {
  readBudgetScope(body, budget);
  readOwner(body, budget, call);
  readReference(body, "api_key_id", BudgetScope::ApiKey, budget, call,
                [&](const std::string& id) -> std::optional<std::string> {
                  const auto key = tables.api_keys.find(id);
                  if (!key || key->revoked_at) return std::nullopt;
                  return key->project_id;
                });
  readReference(body, "routing_config_id", BudgetScope::RoutingConfig, budget, call,
                [&](const std::string& id) -> std::optional<std::string> {
                  const auto config = tables.routing_configs.find(id);
                  if (!config) return std::nullopt;
                  return config->project_id;
                });
  readReference(body, "provider_id", BudgetScope::Provider, budget, call,
                [&](const std::string& id) -> std::optional<std::string> {
                  if (!tables.providers.find(id)) return std::nullopt;
                  return std::string();
                });
  if (budget.scope == BudgetScope::Project) budget.value = budget.project_id;
  if (budget.scope == BudgetScope::Organization && budget.project_id) {
    body.fail(body.has("project_id") ? "project_id" : "scope",
              "a budget of one project has the scope project");
  }
  if (!budget.project_id && !call.caller.project_ids.empty() && !body.has("project_id")) {
    body.fail("project_id", "is required: your key is confined to several projects");
  }
}

void readBudgetTerms(json::ObjectReader& body, model::Budget& budget) {
  if (auto name = body.string("name", kName)) budget.name = *std::move(name);
  readChoice<BudgetUnit, 4>(body, "unit", {"usd", "tokens", "requests", "concurrency"},
                            budget.unit);
  readCap(body, budget);
  readPeriod(body, budget);
  if (auto zone = body.string("timezone", {.min = 1, .max = 64})) {
    if (!budget::isTimeZone(*zone)) {
      body.fail("timezone", "must be the IANA name of a time zone, such as Europe/Berlin");
    }
    budget.timezone = *std::move(zone);
  }
  if (const auto pct = body.integer("soft_cap_pct", {.min = 1, .max = 100})) {
    budget.soft_cap_pct = static_cast<int>(*pct);
  }
  readAction(body, budget);
  budget.enabled = body.boolean("enabled").value_or(budget.enabled);
}

void requireCap(json::ObjectReader& body, const model::Budget& budget) {
  const std::string field = unitField("cap", budget.unit);
  if (!body.has(field)) body.fail(field, "is required");
}

void writeAmount(json::Writer& out, std::string_view name, BudgetUnit unit,
                 std::optional<int64_t> amount) {
  if (amount && unit == BudgetUnit::Usd) {
    out.field(name, Money{*amount});
  } else {
    out.field(name, amount);
  }
}

void writeBudgetTerms(json::Writer& out, const model::Budget& budget) {
  out.field("unit", model::unitName(budget.unit));
  for (const BudgetUnit unit : kUnits) {
    writeAmount(out, unitField("cap", unit), unit,
                unit == budget.unit ? std::optional(budget.cap) : std::nullopt);
  }
  out.field("period", model::periodName(budget.period)).key("reset_day");
  if (hasResetDay(budget.period)) {
    out.value(budget.reset_day);
  } else {
    out.null();
  }
  out.field("timezone", budget.timezone).field("soft_cap_pct", budget.soft_cap_pct);
  out.field("action", model::actionName(budget.action));
  writeText(out, "downgrade_to", budget.downgrade_to);
  out.field("enabled", budget.enabled);
}

bool sameSubject(const model::Budget& a, const model::Budget& b) {
  const auto subject = [](const model::Budget& budget) {
    return std::tie(budget.scope, budget.project_id, budget.tag_key, budget.value, budget.unit);
  };
  return subject(a) == subject(b);
}

}  // namespace penstock::manage
