// The request log: what went through the proxy, newest first.
#include "base/text.h"
#include "manage/answers.h"
#include "manage/body.h"
#include "manage/cost_json.h"
#include "manage/kind.h"
#include "manage/log_json.h"
#include "manage/query.h"
#include "manage/resource.h"
#include "pricing/quote.h"

namespace penstock::manage {
namespace {

Handler listLogs, showLog, explainCost;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/logs", model::Role::Viewer, listLogs},
    {"GET", "/logs/{request_id}", model::Role::Viewer, showLog},
    {"GET", "/logs/{request_id}/cost", model::Role::Viewer, explainCost},
};

constexpr std::string_view kList = "logs";
constexpr int64_t kMaxLatencyMs = 86'400'000;

Result<store::LogFilter> readFilter(const http::Request& request) {
  QueryReader query(request);
  store::LogFilter filter;
  if (const auto status = query.choice("status", {"2xx", "4xx", "5xx"})) {
    filter.status = static_cast<store::StatusClass>(*status + 1);
  }
  query.text("project_id");  // resolved by resolveProject()
  filter.model = query.text("model");
  filter.provider = query.text("provider");
  filter.end_user = query.text("end_user");
  filter.conversation_id = query.text("conversation_id");
  filter.trace_id = query.text("trace_id");
  filter.tags = query.tags("tags");  // all of them must be on the request
  filter.start = query.time("start");
  filter.end = query.time("end");
  if (const auto ms = query.integer("min_latency_ms", 0, kMaxLatencyMs)) {
    filter.min_latency_us = *ms * 1000;
  }
  const auto page = query.page(kList);
  filter.limit = page.limit;
  filter.before = static_cast<int64_t>(parseUnsigned(page.after).value_or(0));
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return filter;
}

// Lets a filter name a project by its slug, and confines it to what the caller may know of; ids of
// deleted projects still find their rows. False when the caller may not know of the project.
bool resolveProject(store::LogFilter& filter, const std::string& named, const Call& call) {
  filter.project_ids = call.caller.project_ids;
  if (named.empty()) return true;
  const model::Project* project = findProject(call, named);
  filter.project_ids = {project == nullptr ? named : project->id};
  return call.sees(filter.project_ids[0]);
}

Answer listLogs(Services& services, const Call& call) {
  auto filter = readFilter(call.request);
  if (!filter) return std::move(filter).error();
  QueryReader query(call.request);
  const std::string named = query.text("project_id");
  if (!resolveProject(*filter, named, call)) return notFound("project", named);
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
