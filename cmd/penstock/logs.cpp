// penstock logs: the request log.
#include "groups.h"
#include "log_tail.h"
#include "trace_text.h"

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
                              {"variant", "ab_variant"},
                              {"decision", "trace.decision"},
                              {"reason", "trace.reason"},
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

// First what only lists take, last what only tail does; both choose by the rest.
constexpr Option kOptions[] = {
    {"--start", "start", "From this time on, such as 2026-05-01T00:00:00Z", Kind::Text,
     Into::Parameter},
    {"--end", "end", "Before this time", Kind::Text, Into::Parameter},
    {"--project", "project_id", "Of this project, by id or slug", Kind::Text, Into::Parameter},
    {"--status", "status", "2xx, 4xx or 5xx", Kind::Text, Into::Parameter},
    {"--model", "model", "As served or as requested", Kind::Text, Into::Parameter},
    {"--provider", "provider", "Vendor, or id of a provider", Kind::Text, Into::Parameter},
    {"--api-key", "api_key_id", "Of this API key, by id", Kind::Text, Into::Parameter},
    {"--routing-config", "routing_config_id", "Of this routing config, by id", Kind::Text,
     Into::Parameter},
    {"--error", "error_class", "Of this error class", Kind::Text, Into::Parameter},
    {"--variant", "ab_variant", "Of this variant of an experiment", Kind::Text, Into::Parameter},
    {"--end-user", "end_user", "Of this end user", Kind::Text, Into::Parameter},
    {"--conversation", "conversation_id", "Of this conversation", Kind::Text, Into::Parameter},
    {"--trace", "trace_id", "Of this trace", Kind::Text, Into::Parameter},
    {"--tags", "tags", "With these tags, such as '{\"team\":\"ml\"}'", Kind::Text, Into::Parameter},
    {"--min-latency-ms", "min_latency_ms", "That took so long at least", Kind::Int,
     Into::Parameter},
    {"--seconds", "seconds", "End after so many", Kind::Int, Into::Parameter}};
constexpr std::span<const Option> kAll(kOptions);
constexpr std::span<const Option> kList = kAll.first(kAll.size() - 1);
constexpr std::span<const Option> kTail = kAll.subspan(2);

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
    {.verb = "trace",
     .help = "Show what was decided for a request, and what came of it",
     .method = "GET",
     .path = "/logs/{request_id}/trace",
     .arguments = kRequest,
     .render = traceText},
    {.verb = "tail",
     .help = "Follow live traffic, a line a request as it ends; Ctrl-C ends it",
     .method = "GET",
     .path = "/logs/tail",
     .options = kTail,
     .run = tailLogs},
};

}  // namespace

Group logGroup() { return {"logs", "The request log", kRows}; }

}  // namespace penstock::cli
