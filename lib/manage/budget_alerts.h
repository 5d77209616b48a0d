#pragma once

#include <functional>
#include <optional>
#include <string>

#include "json/reader.h"
#include "manage/resource.h"
#include "model/budget.h"
#include "store/tables.h"

// Alerts of a budget: who is told at which share of the cap, beside the webhook events that the
// soft cap and the cap always give. Of budgets that are in memory only (budget::isKept) nothing is
// told, so they have none; some of before that was refused may.
namespace penstock::manage {

// The id of the webhook endpoint that a text names, if there is one.
using FindEndpoint = std::function<std::optional<std::string>(const std::string& named)>;
FindEndpoint endpointById(store::Tables& tables);

// `threshold_pct` and `channels`, all of a new alert. The target of a webhook channel is an
// endpoint, or empty for all who subscribe.
void readBudgetAlert(json::ObjectReader& body, model::BudgetAlert& alert,
                     const FindEndpoint& endpoint);

// What is said to whoever wants alerts for such a budget.
constexpr const char* kNothingTold =
    "nothing is told of budgets per minute or hour, nor of concurrency";

Handler listBudgetAlerts, createBudgetAlert, deleteBudgetAlert;

}  // namespace penstock::manage
