// penstock logs: the request log.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr size_t kShown = 50;

constexpr Column kColumns[] = {
    {"TIME", "created_at"},       {"REQUEST", "request_id"}, {"STATUS", "status"},
    {"MODEL", "requested_model"}, {"SERVED", "model"},       {"PROVIDER", "provider"},
    {"IN", "input_tokens"},       {"OUT", "output_tokens"},  {"USD", "total_cost_usd"},
    {"MS", "latency_ms"},         {"ERROR", "error_class"}};
constexpr Column kFields[] = {{"request", "request_id"},
                              {"time", "created_at"},
                              {"project", "project_id"},
                              {"key", "api_key_id"},
                              {"endpoint", "endpoint"},
                              {"status", "status"},
                              {"error", "error_class"},
                              {"requested model", "requested_model"},
                              {"resolved by", "resolved"},
                              {"routing config", "routing_config_id"},
                              {"version", "routing_config_version"},
                              {"provider", "provider"},
                              {"credential", "provider_credential_id"},
                              {"model", "model"},
                              {"stream", "stream"},
                              {"attempts", "attempts"},
                              {"input tokens", "input_tokens"},
                              {"output tokens", "output_tokens"},
                              {"usage", "usage"},
                              {"cost, USD", "cost"},
                              {"timings, ms", "timings"},
                              {"end user", "end_user"},
                              {"tags", "tags"},
                              {"conversation", "conversation_id"},
                              {"trace", "trace_id"},
                              {"request body", "request_body"},
                              {"response body", "response_body"}};

constexpr Argument kRequest[] = {{"request_id", "X-Modelux-Request-Id of its answer"}};

constexpr Option kList[] = {
    {"--project", "project_id", "Of this project, by id or slug", Kind::Text, Into::Parameter},
    {"--status", "status", "2xx, 4xx or 5xx", Kind::Text, Into::Parameter},
    {"--model", "model", "As served or as requested", Kind::Text, Into::Parameter},
    {"--provider", "provider", "Vendor, or id of a provider", Kind::Text, Into::Parameter},
    {"--end-user", "end_user", "Of this end user", Kind::Text, Into::Parameter},
    {"--start", "start", "From this time on, such as 2026-05-01T00:00:00Z", Kind::Text,
     Into::Parameter},
    {"--end", "end", "Before this time", Kind::Text, Into::Parameter}};

constexpr Row kRows[] = {
    {.verb = "list",
     .help = "List requests, newest first",
     .method = "GET",
     .path = "/logs",
     .options = kList,
     .print = Print::Table,
     .columns = kColumns,
     .limit = kShown},
    {.verb = "show",
     .help = "Show one request",
     .method = "GET",
     .path = "/logs/{request_id}",
     .arguments = kRequest,
     .columns = kFields},
};

}  // namespace

Group logGroup() { return {"logs", "The request log", kRows}; }

}  // namespace penstock::cli
