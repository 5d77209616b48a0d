// penstock logs: the request log.
#include <memory>
#include <string>

#include "commands.h"
#include "session.h"

namespace penstock::cli {
namespace {

struct LogOptions {
  std::string request_id;
  std::string project, status, model, provider, end_user, start, end;
  size_t limit = 50;
};

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

Outcome<Unit> list(const Session& session, const LogOptions& options) {
  const auto reply = session.list("/logs",
                                  {{"project_id", options.project},
                                   {"status", options.status},
                                   {"model", options.model},
                                   {"provider", options.provider},
                                   {"end_user", options.end_user},
                                   {"start", options.start},
                                   {"end", options.end}},
                                  options.limit);
  if (!reply) return reply.error();
  session.printTable(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> show(const Session& session, const LogOptions& options) {
  const auto reply = session.get("/logs/" + percentEncode(options.request_id));
  if (!reply) return reply.error();
  session.printOne(*reply, kFields);
  return Unit{};
}

}  // namespace

void addLogs(CLI::App& app, int& exit_code) {
  CLI::App& logs = *app.add_subcommand("logs", "The request log");
  logs.require_subcommand(1);
  auto options = std::make_shared<LogOptions>();
  CLI::App& listed = *logs.add_subcommand("list", "List requests, newest first");
  listed.add_option("--project", options->project, "Of this project, by id or slug");
  listed.add_option("--status", options->status, "2xx, 4xx or 5xx");
  listed.add_option("--model", options->model, "As served or as requested");
  listed.add_option("--provider", options->provider, "Vendor, or id of a provider");
  listed.add_option("--end-user", options->end_user, "Of this end user");
  listed.add_option("--start", options->start, "From this time on, such as 2026-05-01T00:00:00Z");
  listed.add_option("--end", options->end, "Before this time");
  listed.add_option("--limit", options->limit, "At most so many")->capture_default_str();
  onRun(listed, Session::of(listed), exit_code,
        [options](const Session& session) { return list(session, *options); });
  CLI::App& shown = *logs.add_subcommand("show", "Show one request");
  shown.add_option("request_id", options->request_id, "X-Modelux-Request-Id of its answer")
      ->required();
  onRun(shown, Session::of(shown), exit_code,
        [options](const Session& session) { return show(session, *options); });
}

}  // namespace penstock::cli
