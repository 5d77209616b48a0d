// Reports over many requests, from roll-ups of the request log.
#include "manage/analytics_json.h"
#include "manage/answers.h"
#include "manage/decisions.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

Handler showReport, showDecisions;

constexpr ResourceRoute kRoutes[] = {
    {"GET", "/analytics/report", model::Role::Viewer, showReport},
    {"GET", "/analytics/decisions", model::Role::Viewer, showDecisions},
};

http::Response answerWith(std::string body) {
  http::Response response;
  response.body = std::move(body);
  return response;
}

http::Response csvAnswer(std::string text, std::string_view name) {
  http::Response response = answerWith(std::move(text));
  response.content_type = "text/csv; charset=utf-8";
  response.headers.add("Content-Disposition",
                       "attachment; filename=\"" + std::string(name) + ".csv\"");
  return response;
}

Answer showReport(Services& services, const Call& call) {
  const auto query = readReportQuery(services, call);
  if (!query) return query.error();
  if (services.flush_logs) services.flush_logs();
  store::LogStore& log = services.config.store().log();
  const store::RollupReport report = log.report(query->rollups);
  if (query->csv) return csvAnswer(reportCsv(*query, report), "report");
  if (!query->comparison) return answerWith(reportJson(*query, report, nullptr));
  const model::RequestTotals previous = log.report(query->previous()).totals;
  return answerWith(reportJson(*query, report, &previous));
}

Answer showDecisions(Services& services, const Call& call) {
  const auto query = readDecisionsQuery(services, call);
  if (!query) return query.error();
  if (services.flush_logs) services.flush_logs();
  const auto routes = services.config.store().log().routes(query->rollups);
  if (query->csv) return csvAnswer(decisionsCsv(*query, routes), "decisions");
  return answerWith(decisionsJson(*query, routes));
}

}  // namespace

std::span<const ResourceRoute> analyticsRoutes() { return kRoutes; }

}  // namespace penstock::manage
