// penstock analytics: reports over many requests.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr Column kGroups[] = {
    {"GROUP", "group"},           {"REQUESTS", "requests"},     {"USD", "cost_usd"},
    {"IN", "input_tokens"},       {"OUT", "output_tokens"},     {"ERRORS", "errors"},
    {"P50 MS", "p50_latency_ms"}, {"P95 MS", "p95_latency_ms"}, {"P99 MS", "p99_latency_ms"}};
constexpr Column kSeries[] = {
    {"FROM", "bucket"},           {"REQUESTS", "requests"},     {"USD", "cost_usd"},
    {"IN", "input_tokens"},       {"OUT", "output_tokens"},     {"ERRORS", "errors"},
    {"P50 MS", "p50_latency_ms"}, {"P95 MS", "p95_latency_ms"}, {"P99 MS", "p99_latency_ms"}};

constexpr Option kReport[] = {
    {"--group-by", "group_by",
     "model, provider, project, api_key, end_user, routing_config or tag:KEY: a line a group",
     Kind::Text, Into::Parameter},
    {"--granularity", "granularity", "hour or day", Kind::Text, Into::Parameter},
    {"--start", "start", "From this time on; 24 hours, or 30 days, before the end when absent",
     Kind::Text, Into::Parameter},
    {"--end", "end", "Before this time; now when absent", Kind::Text, Into::Parameter},
    {"--compare", "include_comparison", "In JSON, with the totals of the time before", Kind::Flag,
     Into::Parameter},
    {"--project", "project_id", "Of this project, by id or slug", Kind::Text, Into::Parameter},
    {"--model", "model", "As served", Kind::Text, Into::Parameter},
    {"--provider", "provider", "Vendor, or id of a provider", Kind::Text, Into::Parameter},
    {"--api-key", "api_key_id", "With the API key of this id", Kind::Text, Into::Parameter},
    {"--routing-config", "routing_config_id", "By the routing config of this id", Kind::Text,
     Into::Parameter},
    {"--end-user", "end_user", "Of this end user", Kind::Text, Into::Parameter},
    {"--tag", "tags", "With this tag: {\"team\":\"ml\"}", Kind::Json, Into::Parameter},
    {"--limit", "limit", "Groups, the dearest; 100 when absent", Kind::Int, Into::Parameter}};

constexpr Option kDecisions[] = {
    {"--start", "start", "From this time on; 24 hours before the end when absent", Kind::Text,
     Into::Parameter},
    {"--end", "end", "Before this time; now when absent", Kind::Text, Into::Parameter},
    {"--project", "project_id", "Of this project, by id or slug", Kind::Text, Into::Parameter},
    {"--model", "model", "As served", Kind::Text, Into::Parameter},
    {"--provider", "provider", "Vendor, or id of a provider", Kind::Text, Into::Parameter},
    {"--api-key", "api_key_id", "With the API key of this id", Kind::Text, Into::Parameter},
    {"--routing-config", "routing_config_id", "By the routing config of this id", Kind::Text,
     Into::Parameter},
    {"--limit", "limit", "Rows of a breakdown; 20 when absent", Kind::Int, Into::Parameter}};

constexpr Row kRows[] = {
    {.verb = "report",
     .help = "Requests, cost and latency over time, or by group",
     .method = "GET",
     .path = "/analytics/report",
     .options = kReport,
     .print = Print::Table,
     .columns = kSeries,
     .list = "series",
     .grouped = {"groups", kGroups},
     .csv = true},
    {.verb = "decisions",
     .help = "How requests were routed and how that ended",
     .method = "GET",
     .path = "/analytics/decisions",
     .options = kDecisions,
     .print = Print::Whole,
     .csv = true},
};

}  // namespace

Group analyticsGroup() { return {"analytics", "Reports over many requests", kRows}; }

}  // namespace penstock::cli
