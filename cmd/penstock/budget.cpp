// penstock budget: caps on what requests use, what they have counted, and who is told.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr size_t kShown = 50;

constexpr Column kColumns[] = {{"ID", "id"},
                               {"NAME", "name"},
                               {"SCOPE", "scope"},
                               {"PROJECT", "project_id"},
                               {"USD", "cap_usd"},
                               {"TOKENS", "cap_tokens"},
                               {"REQUESTS", "cap_requests"},
                               {"CONCURRENCY", "cap_concurrency"},
                               {"PERIOD", "period"},
                               {"ACTION", "action"},
                               {"ENABLED", "enabled"}};
constexpr Column kFields[] = {{"id", "id"},
                              {"name", "name"},
                              {"scope", "scope"},
                              {"project", "project_id"},
                              {"api key", "api_key_id"},
                              {"end user", "end_user"},
                              {"tag", "tag_key"},
                              {"tag's value", "tag_value"},
                              {"routing config", "routing_config_id"},
                              {"provider", "provider_id"},
                              {"model", "model"},
                              {"unit", "unit"},
                              {"cap in dollars", "cap_usd"},
                              {"cap in tokens", "cap_tokens"},
                              {"cap in requests", "cap_requests"},
                              {"cap of concurrency", "cap_concurrency"},
                              {"period", "period"},
                              {"reset day", "reset_day"},
                              {"time zone", "timezone"},
                              {"soft cap %", "soft_cap_pct"},
                              {"action", "action"},
                              {"downgrade to", "downgrade_to"},
                              {"enabled", "enabled"},
                              {"created", "created_at"},
                              {"updated", "updated_at"}};
constexpr Column kBuckets[] = {{"VALUE", "value"},       {"SPEND", "spend"},
                               {"RESERVED", "reserved"}, {"REMAINING", "remaining"},
                               {"USED %", "used_pct"},   {"REQUESTS", "requests"},
                               {"UPDATED", "updated_at"}};
constexpr Column kEvents[] = {{"TIME", "created_at"},    {"EVENT", "type"},  {"VALUE", "value"},
                              {"%", "threshold_pct"},    {"SPEND", "spend"}, {"CAP", "cap"},
                              {"PERIOD", "period_start"}};
constexpr Column kAlerts[] = {
    {"ID", "id"}, {"%", "threshold_pct"}, {"CHANNELS", "channels"}, {"CREATED", "created_at"}};

constexpr Argument kBudget[] = {{"id", "The budget's id"}};
constexpr Argument kAlert[] = {{"id", "The budget's id"}, {"alert", "The alert's id"}};

constexpr Option kCapUsd{"--cap-usd", "cap_usd", "Cap in dollars, such as 250.50"};
constexpr Option kCapTokens{"--cap-tokens", "cap_tokens", "Cap in tokens", Kind::Int};
constexpr Option kCapRequests{"--cap-requests", "cap_requests", "Cap in requests", Kind::Int};
constexpr Option kCapConcurrency{"--cap-concurrency", "cap_concurrency",
                                 "Cap on requests being served at once", Kind::Int};
constexpr Option kPeriod{"--period", "period", "minute, hour, daily, weekly, monthly or total"};
constexpr Option kResetDay{"--reset-day", "reset_day", "Day of the week (1 is Monday) or month",
                           Kind::Int};
constexpr Option kZone{"--timezone", "timezone", "Where days begin, such as Europe/Berlin"};
constexpr Option kSoft{"--soft-cap-pct", "soft_cap_pct", "Percent at which people are told",
                       Kind::Int};
constexpr Option kAction{"--action", "action", "block, downgrade or warn_only"};
constexpr Option kDowngrade{"--downgrade-to", "downgrade_to",
                            "@slug or provider/model, for the action downgrade"};
constexpr Option kEnabled{"--enabled", "enabled", "Whether it binds requests", Kind::Flag};
constexpr Option kCreate[] = {
    {"--name", "name", "Its name", Kind::Text, Into::Body, true},
    {"--scope", "scope",
     "organization, project, api_key, end_user, tag, routing_config, provider or model", Kind::Text,
     Into::Body, true},
    {"--project", "project_id", "Id or slug; none means every project", Kind::Text, Into::Body,
     false, true},
    {"--api-key", "api_key_id", "Id of a key; every key has its own cap when absent"},
    {"--end-user", "end_user", "An end user; every one has their own cap when absent"},
    {"--tag-key", "tag_key", "The tag whose values are meant"},
    {"--tag-value", "tag_value", "A value of it; every one has its own cap when absent"},
    {"--routing-config", "routing_config_id", "Id of a routing config"},
    {"--provider", "provider_id", "Id of a provider"},
    {"--model", "model", "A model as its provider knows it"},
    {"--unit", "unit", "usd, tokens, requests or concurrency"},
    kCapUsd,
    kCapTokens,
    kCapRequests,
    kCapConcurrency,
    kPeriod,
    kResetDay,
    kZone,
    kSoft,
    kAction,
    kDowngrade,
    kEnabled};
constexpr Option kUpdate[] = {{"--name", "name", "A new name"},
                              kCapUsd,
                              kCapTokens,
                              kCapRequests,
                              kCapConcurrency,
                              kPeriod,
                              kResetDay,
                              kZone,
                              kSoft,
                              kAction,
                              kDowngrade,
                              kEnabled};
constexpr Option kList[] = {
    {"--project", "project_id", "Of this project", Kind::Text, Into::Parameter}};
constexpr Option kStatus[] = {{"--value", "value",
                               "The bucket of this value, of a budget that has one for each",
                               Kind::Text, Into::Parameter}};
constexpr Option kAddAlert[] = {
    {"--at", "threshold_pct", "Percent of the cap", Kind::Int, Into::Body, true},
    {"--channels", "channels", R"(JSON: [{"type":"email","target":"ada@example.com"}])", Kind::Json,
     Into::Body, true}};

constexpr Row kRows[] = {
    {.verb = "create",
     .help = "Create a budget",
     .method = "POST",
     .path = "/budgets",
     .options = kCreate,
     .columns = kFields},
    {.verb = "list",
     .help = "List budgets",
     .method = "GET",
     .path = "/budgets",
     .options = kList,
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show a budget",
     .method = "GET",
     .path = "/budgets/{budget_id}",
     .arguments = kBudget,
     .columns = kFields},
    {.verb = "update",
     .help = "Change a budget",
     .method = "PATCH",
     .path = "/budgets/{budget_id}",
     .arguments = kBudget,
     .options = kUpdate,
     .columns = kFields},
    {.verb = "delete",
     .help = "Delete a budget and its alerts",
     .method = "DELETE",
     .path = "/budgets/{budget_id}",
     .arguments = kBudget,
     .print = Print::Done,
     .done = "deleted"},
    {.verb = "status",
     .help = "Show what a budget has counted",
     .method = "GET",
     .path = "/budgets/{budget_id}/status",
     .arguments = kBudget,
     .options = kStatus,
     .print = Print::Whole},
    {.verb = "buckets",
     .help = "List who spent most of a budget",
     .method = "GET",
     .path = "/budgets/{budget_id}/buckets",
     .arguments = kBudget,
     .print = Print::Table,
     .columns = kBuckets,
     .limit = kShown},
    {.verb = "events",
     .help = "List what happened to a budget, newest first",
     .method = "GET",
     .path = "/budgets/{budget_id}/events",
     .arguments = kBudget,
     .print = Print::Table,
     .columns = kEvents,
     .limit = kShown},
};

constexpr Row kAlertRows[] = {
    {.verb = "add",
     .help = "Have somebody told at a share of the cap",
     .method = "POST",
     .path = "/budgets/{budget_id}/alerts",
     .arguments = kBudget,
     .options = kAddAlert,
     .columns = kAlerts},
    {.verb = "list",
     .help = "List a budget's alerts",
     .method = "GET",
     .path = "/budgets/{budget_id}/alerts",
     .arguments = kBudget,
     .print = Print::Table,
     .columns = kAlerts},
    {.verb = "delete",
     .help = "Delete an alert",
     .method = "DELETE",
     .path = "/budgets/{budget_id}/alerts/{alert_id}",
     .arguments = kAlert,
     .print = Print::Done,
     .done = "deleted an alert of"},
};

}  // namespace

Group budgetGroup() { return {"budget", "Caps on what requests use", kRows}; }
Group budgetAlertGroup() {
  return {"budget alert", "Who is told at which share of it", kAlertRows};
}

}  // namespace penstock::cli
