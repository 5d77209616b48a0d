#include "manage/budget_alerts.h"

#include "base/email_address.h"

#include <array>

#include "budget/ledger.h"
#include "manage/body.h"
#include "manage/change.h"
#include "manage/effects.h"
#include "manage/kinds.h"
#include "manage/query.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kList = "budget_alerts";
constexpr size_t kMaxChannels = 16;
constexpr std::array<std::string_view, 3> kTypes{"email", "webhook", "dashboard"};
constexpr json::StringBounds kTarget{.min = 1, .max = 2048};  // a URL in documents

// An alert with the project of its budget, which says who may know of it.
struct PlacedAlert : model::BudgetAlert {
  std::string project_id;
};

PlacedAlert placed(store::Tables& tables, model::BudgetAlert alert) {
  const auto budget = tables.budgets.find(alert.budget_id);
  return {std::move(alert), budget ? budget->project_id.value_or("") : ""};
}

std::string_view projectOf(const PlacedAlert& alert) { return alert.project_id; }

void writeAlert(json::Writer& out, const PlacedAlert& alert, UnixMillis) {
  out.beginObject().field("id", alert.id).field("budget_id", alert.budget_id);
  out.field("threshold_pct", alert.threshold_pct).key("channels").beginArray();
  for (const model::AlertChannel& channel : alert.channels) {
    out.beginObject().field("type", channel.type);
    writeText(out, "target", channel.target);
    out.endObject();
  }
  out.endArray();
  writeTime(out, "created_at", alert.created_at);
  out.endObject();
}

// Of the path's budget only.
std::optional<PlacedAlert> findAlert(store::Tables& tables, const Call& call,
                                     std::string_view named) {
  auto alert = tables.budget_alerts.find(named);
  if (!alert || alert->budget_id != call.request.param("budget_id")) return std::nullopt;
  return placed(tables, *std::move(alert));
}

constexpr Kind<PlacedAlert> kAlert{"budget_alert", projectOf, writeAlert, findAlert};

}  // namespace

FindEndpoint endpointById(store::Tables& tables) {
  return [&tables](const std::string& id) -> std::optional<std::string> {
    if (!tables.webhook_endpoints.find(id)) return std::nullopt;
    return id;
  };
}

void readBudgetAlert(json::ObjectReader& body, model::BudgetAlert& alert,
                     const FindEndpoint& endpoint) {
  const int64_t pct = body.requireInteger("threshold_pct", {.min = 1, .max = 1000});
  alert.threshold_pct = static_cast<int>(pct);
  const bool there = body.objects(
      "channels",
      [&](json::ObjectReader& item) {
        model::AlertChannel channel;
        requireField(item, "type");
        if (const auto type = item.choice("type", kTypes)) channel.type = kTypes.at(*type);
        if (!item.isNull("target")) channel.target = item.string("target", kTarget).value_or("");
        if (channel.type == "email" && !isEmailAddress(channel.target)) {
          item.fail("target", "must be an e-mail address");
        } else if (channel.type == "dashboard" && !channel.target.empty()) {
          item.fail("target", "goes with email and webhook");
        } else if (channel.type == "webhook" && !channel.target.empty()) {
          const auto id = endpoint(channel.target);
          if (!id) item.fail("target", "there is no such webhook endpoint");
          channel.target = id.value_or("");
        }
        alert.channels.push_back(std::move(channel));
      },
      kMaxChannels);
  if (there && alert.channels.empty()) body.fail("channels", "must name at least one");
  if (!body.has("channels")) body.fail("channels", "is required");
}

Answer listBudgetAlerts(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto budget = findVisible(kBudget, tables, call, call.request.param("budget_id"));
    if (!budget) return budget.error();
    const auto found = tables.budget_alerts.list(budget->id, page);
    return pageAnswer(kList, found, [&](json::Writer& out, const model::BudgetAlert& alert) {
      writeAlert(out, {alert, {}}, call.now);
    });
  });
}

Answer createBudgetAlert(Services& services, const Call& call) {
  auto document = readBody(call.request);
  if (!document) return std::move(document).error();
  return change(services, call, config::Part::Budgets, [&](Change& change) -> Answer {
    const auto budget = findVisible(kBudget, change.tables, call, call.request.param("budget_id"));
    if (!budget) return budget.error();
    json::ObjectReader body(document->root());
    model::BudgetAlert alert;
    alert.budget_id = budget->id;
    readBudgetAlert(body, alert, endpointById(change.tables));
    if (!budget::isKept(*budget)) body.fail("threshold_pct", kNothingTold);
    if (auto checked = body.finish(); !checked) return std::move(checked).error();
    const auto added = addBudgetAlert(change, alert);
    return objectAnswer(kCreated, kAlert, placed(change.tables, added), call.now);
  });
}

Answer deleteBudgetAlert(Services& services, const Call& call) {
  return change(services, call, config::Part::Budgets, [&](Change& change) -> Answer {
    const auto budget = findVisible(kBudget, change.tables, call, call.request.param("budget_id"));
    if (!budget) return budget.error();
    auto alert = change.load(kAlert, "alert_id");
    if (!alert) return std::move(alert).error();
    dropBudgetAlert(change, *alert);
    return deletedAnswer(alert->id);
  });
}

model::BudgetAlert addBudgetAlert(Change& change, model::BudgetAlert alert) {
  alert.id = change.newId("balt_");
  alert.created_at = change.call.now;
  change.tables.budget_alerts.insert(alert);
  change.created(kAlert, placed(change.tables, alert));
  return alert;
}

void dropBudgetAlert(Change& change, const model::BudgetAlert& alert) {
  const PlacedAlert gone = placed(change.tables, alert);
  change.tables.budget_alerts.remove(alert.id);
  change.deleted(kAlert, gone);
}

}  // namespace penstock::manage
