// The request log: what went through the proxy, newest first.
#include "base/text.h"
#include "manage/answers.h"
#include "manage/auth.h"
#include "manage/body.h"
#include "manage/cost_json.h"
#include "manage/kind.h"
#include "manage/log_json.h"
#include "manage/log_tail.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "pricing/quote.h"
#include "trace/row_decision.h"

namespace penstock::manage {
namespace {

Handler listLogs, showLog, explainCost, showTrace;
StreamHandler tailLogs;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/logs", model::Role::Viewer, listLogs},
    {"GET", "/logs/tail", model::Role::Viewer, nullptr, tailLogs},
    {"GET", "/logs/{request_id}", model::Role::Viewer, showLog},
    {"GET", "/logs/{request_id}/cost", model::Role::Viewer, explainCost},
    {"GET", "/logs/{request_id}/trace", model::Role::Viewer, showTrace},
};

constexpr std::string_view kList = "logs";
constexpr int64_t kMaxLatencyMs = 86'400'000;

constexpr int64_t kMaxSeconds = 86'400;

// What lists and followers restrict alike.
store::LogFilter readChoice(QueryReader& query) {
  store::LogFilter filter;
  if (const auto status = query.choice("status", {"2xx", "4xx", "5xx"})) {
    filter.status = static_cast<store::StatusClass>(*status + 1);
  }
  query.text("project_id");  // resolved by resolveProject()
  filter.model = query.text("model");
  filter.provider = query.text("provider");
  filter.api_key_id = query.text("api_key_id");
  filter.routing_config_id = query.text("routing_config_id");
  filter.error_class = query.text("error_class");
  filter.ab_variant = query.text("ab_variant");
  filter.end_user = query.text("end_user");
  filter.conversation_id = query.text("conversation_id");
  filter.trace_id = query.text("trace_id");
  filter.tags = query.tags("tags");  // all of them must be on the request
  if (const auto ms = query.integer("min_latency_ms", 0, kMaxLatencyMs)) {
    filter.min_latency_us = *ms * 1000;
  }
  return filter;
}

Result<store::LogFilter> readFilter(const http::Request& request) {
  QueryReader query(request);
  store::LogFilter filter = readChoice(query);
  filter.start = query.time("start");
  filter.end = query.time("end");
  const auto page = query.page(kList);
  filter.limit = page.limit;
  filter.before = static_cast<int64_t>(parseUnsigned(page.after).value_or(0));
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return filter;
}

// Confines the filter to the project that the query names, or to what the caller may know of.
Status resolveProject(store::LogFilter& filter, Services& services, const Call& call) {
  auto projects = pastProjectFilter(services, call, QueryReader(call.request).text("project_id"));
  if (!projects) return std::move(projects).error();
  filter.project_ids = *std::move(projects);
  return Unit{};
}

Answer listLogs(Services& services, const Call& call) {
  auto filter = readFilter(call.request);
  if (!filter) return std::move(filter).error();
  if (auto known = resolveProject(*filter, services, call); !known) return std::move(known).error();
  if (services.flush_logs) services.flush_logs();
  const store::LogPage page = services.config.store().log().list(*filter);
  std::optional<std::string> next;
  if (page.next != 0) next = encodeCursor(kList, std::to_string(page.next));
  return listAnswer(
      [&](json::Writer& out) {
        for (const auto& row : page.rows) writeLogSummary(out, row);
      },
      next);
}

// Whether the key still may what it might when the stream began: it can be revoked, expire, or be
// confined to other projects meanwhile.
std::function<bool()> accessOf(Services& services, const http::ExchangePtr& exchange,
                               std::vector<std::string> project_ids) {
  return [&services, &request = exchange->request(), project_ids = std::move(project_ids)] {
    const auto snapshot = services.config.current();
    const auto caller = authenticate(*snapshot, request, services.clock.now());
    return caller && (*caller)->project_ids == project_ids;
  };
}

Result<Stream> tailLogs(Services& services, const Call& call) {
  QueryReader query(call.request);
  store::LogFilter filter = readChoice(query);
  const auto seconds = query.integer("seconds", 0, kMaxSeconds);
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  if (auto known = resolveProject(filter, services, call); !known) return std::move(known).error();
  auto feed = services.followers.follow(std::move(filter));
  if (!feed) return std::move(feed).error();
  Stream stream{{kOk, "text/event-stream", "", {{"Cache-Control", "no-store"}}}, {}};
  stream.run = [&services, feed = *std::move(feed), seconds,
                project_ids = call.caller.project_ids](const http::ExchangePtr& exchange) {
    LogTailOptions options{.allowed = accessOf(services, exchange, project_ids)};
    if (seconds) options.at_most = std::chrono::seconds(*seconds);
    followLogs(exchange, feed, std::move(options));
  };
  return stream;
}

// The row that the path names, if the caller may know of it.
Result<model::RequestLog> findRow(Services& services, const Call& call) {
  const std::string id(call.request.param("request_id"));
  if (services.flush_logs) services.flush_logs();
  auto row = services.config.store().log().find(id);
  if (!row || !call.sees(row->project_id)) return notFound("log", id);
  return *std::move(row);
}

Answer explainCost(Services& services, const Call& call) {
  const auto row = findRow(services, call);
  if (!row) return row.error();
  const std::string now = pricing::PriceBook(services.prices, call.config->prices()).version();
  return dataAnswer(kOk, [&](json::Writer& out) { writeCostExplanation(out, *row, now); });
}

Answer showTrace(Services& services, const Call& call) {
  const auto row = findRow(services, call);
  if (!row) return row.error();
  return dataAnswer(kOk, [&](json::Writer& out) { out.raw(trace::decisionOf(*row)); });
}

Answer showLog(Services& services, const Call& call) {
  const auto row = findRow(services, call);
  if (!row) return row.error();
  std::string json;
  json::Writer out(json);
  writeLogDetail(out, *row);
  return taggedAnswer(kOk, json, etagOf(json));
}

}  // namespace

std::span<const ResourceRoute> logRoutes() { return kRoutes; }

}  // namespace penstock::manage
