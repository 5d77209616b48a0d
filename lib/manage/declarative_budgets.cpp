#include "manage/declarative_budgets.h"

#include <algorithm>
#include <vector>

#include "budget/ledger.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/budget_alerts.h"
#include "manage/budget_fields.h"
#include "manage/downgrades.h"
#include "manage/effects.h"

namespace penstock::manage {
namespace {

using model::BudgetScope;

constexpr json::StringBounds kNamed{.min = 1, .max = 256};

// The id of the oldest endpoint with that URL.
FindEndpoint endpointByUrl(store::Tables& tables) {
  return [&tables](const std::string& url) -> std::optional<std::string> {
    for (const model::WebhookEndpoint& endpoint : tables.webhook_endpoints.all()) {
      if (endpoint.url == url) return endpoint.id;
    }
    return std::nullopt;
  };
}

std::vector<model::BudgetAlert> readAlerts(json::ObjectReader& item, store::Tables& tables) {
  std::vector<model::BudgetAlert> alerts;
  item.objects("alerts", [&](json::ObjectReader& alert) {
    readBudgetAlert(alert, alerts.emplace_back(), endpointByUrl(tables));
  });
  return alerts;
}

}  // namespace

// Oldest first.
std::optional<BudgetNames::KeyName> BudgetNames::nameOfKey(const model::Budget& budget) {
  const auto key = tables_.api_keys.find(*budget.value);
  if (!key || key->revoked_at) return std::nullopt;
  KeyName named{key->name, 0};
  for (const model::ApiKey& other : tables_.api_keys.unrevokedOf(key->project_id)) {
    if (other.name == key->name && other.id <= key->id) ++named.number;
  }
  return named;
}

std::optional<std::string> BudgetNames::keyNamed(const std::string& project_id,
                                                 const KeyName& named) {
  std::vector<std::string> ids;
  for (const model::ApiKey& key : tables_.api_keys.unrevokedOf(project_id)) {
    if (key.name == named.name && !ignored_.contains(key.id)) ids.push_back(key.id);
  }
  std::ranges::sort(ids);
  const auto place = static_cast<size_t>(named.number - 1);
  if (place >= ids.size()) return std::nullopt;
  return ids[place];
}

void BudgetNames::readReference(json::ObjectReader& item, model::Budget& budget) {
  const std::string project = budget.project_id.value_or("");
  const auto number = item.integer("api_key_number", {.min = 1, .max = 1'000'000}).value_or(1);
  const auto read = [&](std::string_view field, BudgetScope scope, const auto& find) {
    if (!mayRead(item, field, budget, scope)) return;
    budget.value = readValue(item, field);
    if (!budget.value) return;
    const std::optional<std::string> id = find(*budget.value);
    if (!id) item.fail(field, "there is no such thing in the project");
    budget.value = id;
  };
  read("api_key", BudgetScope::ApiKey, [&](const std::string& name) {
    return keyNamed(project, {name, number});
  });
  read("routing_config", BudgetScope::RoutingConfig,
       [&](const std::string& slug) -> std::optional<std::string> {
         const auto config = tables_.routing_configs.findBySlug(project, slug);
         if (!config) return std::nullopt;
         return config->id;
       });
  read("provider", BudgetScope::Provider,
       [&](const std::string& name) -> std::optional<std::string> {
         const auto provider = tables_.providers.findByName(name);
         if (!provider) return std::nullopt;
         return provider->id;
       });
}

void BudgetNames::read(json::ObjectReader& item, model::Budget& budget) {
  const BudgetScope before = budget.scope;
  const model::BudgetUnit unit = budget.unit;
  const auto scope = item.string("scope", kNamed);
  const auto parsed = model::parseBudgetScope(scope.value_or(""));
  if (parsed && *parsed != before) {
    budget.value.reset();
    budget.tag_key.clear();
  }
  readBudgetScope(item, budget);
  readReference(item, budget);
  if (budget.scope == BudgetScope::Project) budget.value = budget.project_id;
  if (budget.scope == BudgetScope::Organization && budget.project_id) {
    item.fail("scope", "a budget of one project has the scope project");
  }
  readBudgetTerms(item, budget);
  // A number of dollars is none of tokens.
  if (budget.id.empty() || budget.unit != unit) requireCap(item, budget);
  if (item.ok()) checkDowngrade(item, budget, tables_);
}

bool BudgetNames::canName(const model::Budget& budget) {
  if (!budget.value) return true;
  if (budget.scope == BudgetScope::ApiKey) return nameOfKey(budget).has_value();
  if (budget.scope == BudgetScope::RoutingConfig) {
    return tables_.routing_configs.find(*budget.value).has_value();
  }
  if (budget.scope == BudgetScope::Provider)
    return tables_.providers.find(*budget.value).has_value();
  return true;
}

void BudgetNames::write(json::Writer& out, const model::Budget& budget,
                        const std::string& project) {
  out.beginObject();
  writeText(out, "project", project);
  out.field("name", budget.name).field("scope", model::scopeName(budget.scope));
  switch (budget.scope) {
    case BudgetScope::ApiKey: {
      const auto named = budget.value ? nameOfKey(budget) : std::nullopt;
      out.field("api_key", named ? std::optional(named->name) : std::nullopt);
      if (named && named->number > 1) out.field("api_key_number", named->number);
      break;
    }
    case BudgetScope::RoutingConfig: {
      const auto config = budget.value ? tables_.routing_configs.find(*budget.value) : std::nullopt;
      out.field("routing_config", config ? std::optional(config->slug) : std::nullopt);
      break;
    }
    case BudgetScope::Provider: {
      const auto provider = budget.value ? tables_.providers.find(*budget.value) : std::nullopt;
      out.field("provider", provider ? std::optional(provider->name) : std::nullopt);
      break;
    }
    case BudgetScope::Tag:
      out.field("tag_key", budget.tag_key).field("tag_value", budget.value);
      break;
    case BudgetScope::EndUser: out.field("end_user", budget.value); break;
    case BudgetScope::Model: out.field("model", budget.value); break;
    case BudgetScope::Project:
    case BudgetScope::Organization: break;
  }
  writeBudgetTerms(out, budget);
  out.rawField("alerts", alertsJson(tables_.budget_alerts.ofBudget(budget.id))).endObject();
}

std::string BudgetNames::alertsJson(std::span<const model::BudgetAlert> alerts) {
  std::vector<std::pair<int, std::string>> texts;
  for (const model::BudgetAlert& alert : alerts) {
    std::string text;
    json::Writer out(text);
    out.beginObject().field("threshold_pct", alert.threshold_pct).key("channels").beginArray();
    bool any = false;
    for (const model::AlertChannel& channel : alert.channels) {
      std::string target = channel.target;
      if (channel.type == "webhook" && !target.empty()) {
        const auto endpoint = tables_.webhook_endpoints.find(target);
        if (!endpoint) continue;  // it is gone, and is not told any more
        target = endpoint->url;
      }
      any = true;
      out.beginObject().field("type", channel.type);
      writeText(out, "target", target);
      out.endObject();
    }
    if (!any) out.beginObject().field("type", "dashboard").key("target").null().endObject();
    out.endArray().endObject();
    texts.emplace_back(alert.threshold_pct, std::move(text));
  }
  std::ranges::sort(texts);
  std::string list;
  json::Writer out(list);
  out.beginArray();
  for (const auto& [pct, text] : texts) out.raw(text);
  out.endArray();
  return list;
}

void BudgetNames::checkAlerts(json::ObjectReader& item, const model::Budget* before,
                              const model::Budget& wanted) {
  const auto alerts = readAlerts(item, tables_);
  if (!item.ok() || budget::isKept(wanted)) return;
  const auto there = before == nullptr ? std::vector<model::BudgetAlert>()
                                       : tables_.budget_alerts.ofBudget(before->id);
  const auto& next = item.has("alerts") ? alerts : there;
  // Those of before that was refused may stay.
  const bool old =
      before != nullptr && !budget::isKept(*before) && alertsJson(next) == alertsJson(there);
  if (!next.empty() && !old) item.fail(item.has("alerts") ? "alerts" : "period", kNothingTold);
}

void reconcileAlerts(json::ObjectReader& item, Change& change, BudgetNames& names,
                     const model::Budget& budget) {
  if (!item.has("alerts")) return;
  const auto wanted = readAlerts(item, change.tables);
  const auto there = change.tables.budget_alerts.ofBudget(budget.id);
  if (!item.ok() || names.alertsJson(wanted) == names.alertsJson(there)) return;
  for (const model::BudgetAlert& alert : there) dropBudgetAlert(change, alert);
  for (model::BudgetAlert alert : wanted) {
    alert.budget_id = budget.id;
    addBudgetAlert(change, std::move(alert));
  }
}

}  // namespace penstock::manage
