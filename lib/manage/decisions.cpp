#include "manage/decisions.h"

#include <algorithm>
#include <map>

#include "manage/analytics_json.h"
#include "manage/answers.h"

namespace penstock::manage {
namespace {

using model::RequestTotals;
using store::RouteTotals;

// What a row of a breakdown is about: one name, or two such as a config and its version.
struct Subject {
  std::string name;
  std::string detail = {};
  auto operator<=>(const Subject&) const = default;  // NOLINT(modernize-use-nullptr): its 0
};

struct Breakdown {
  std::string_view name;     // of the list
  std::string_view subject;  // of its rows' first field
  std::string_view detail;   // of their second; empty: there is none
  bool only_named = false;   // leaves out rows without a subject
  Subject (*of)(const RouteTotals&);
};

std::string_view outcomeName(store::StatusOutcome outcome) {
  switch (outcome) {
    case store::StatusOutcome::Success: return "2xx";
    case store::StatusOutcome::ClientError: return "4xx";
    case store::StatusOutcome::ServerError: return "5xx";
    case store::StatusOutcome::ClientGone: return "client_gone";
  }
  return "2xx";
}

Subject configOf(const RouteTotals& route) {
  if (route.routing_config_id.empty()) return {};
  return {route.routing_config_id, std::to_string(route.routing_config_version)};
}

constexpr Breakdown kBreakdowns[] = {
    {"routing_configs", "routing_config_id", "routing_config_version", false, configOf},
    {"resolved", "resolved", "", false,
     [](const RouteTotals& route) { return Subject{route.resolved}; }},
    {"providers", "provider", "provider_credential_id", false,
     [](const RouteTotals& route) {
       return Subject{route.provider, route.provider_id};
     }},
    {"models", "model", "", false, [](const RouteTotals& route) { return Subject{route.model}; }},
    {"outcomes", "outcome", "", false,
     [](const RouteTotals& route) { return Subject{std::string(outcomeName(route.outcome))}; }},
    {"error_classes", "error_class", "", true,
     [](const RouteTotals& route) { return Subject{route.error_class}; }}};

struct Part {
  Subject subject;
  RequestTotals totals;
};

// The parts with the most requests, and what is left as one.
std::vector<Part> partsOf(const Breakdown& breakdown, const std::vector<RouteTotals>& routes,
                          size_t limit) {
  std::map<Subject, RequestTotals> sums;
  for (const RouteTotals& route : routes) {
    Subject subject = breakdown.of(route);
    if (!breakdown.only_named || !subject.name.empty()) sums[std::move(subject)] += route.totals;
  }
  std::vector<Part> parts;
  parts.reserve(sums.size());
  for (auto& [subject, totals] : sums) parts.push_back({subject, std::move(totals)});
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.totals.requests > b.totals.requests;
  });
  if (parts.size() <= limit) return parts;
  Part rest{{store::kOtherGroup}, {}};
  for (size_t i = limit; i < parts.size(); ++i) rest.totals += parts[i].totals;
  parts.resize(limit);
  parts.push_back(std::move(rest));
  return parts;
}

RequestTotals sumOf(const std::vector<RouteTotals>& routes) {
  RequestTotals sum;
  for (const RouteTotals& route : routes) sum += route.totals;
  return sum;
}

void writeDecisionSums(json::Writer& out, const RequestTotals& totals) {
  out.field("errors", totals.errors).field("error_rate", totals.errorRate());
  out.field("attempts", totals.attempts).field("fallback_requests", totals.fallbacks);
  out.field("fallback_rate", shareOf(totals.fallbacks, totals.requests));
  out.field("cost_usd", totals.cost_total);
  writePercentiles(out, totals.latency);
}

void writePart(json::Writer& out, const Breakdown& breakdown, const Part& part, int64_t whole) {
  out.beginObject();
  writeText(out, breakdown.subject, part.subject.name);
  if (breakdown.detail == "routing_config_version" && !part.subject.detail.empty()) {
    out.rawField(breakdown.detail, part.subject.detail);
  } else if (!breakdown.detail.empty()) {
    writeText(out, breakdown.detail, part.subject.detail);
  }
  out.field("requests", part.totals.requests);
  out.field("share", shareOf(part.totals.requests, whole));
  writeDecisionSums(out, part.totals);
  out.endObject();
}

}  // namespace

std::string decisionsJson(const AnalyticsQuery& query, const std::vector<RouteTotals>& routes) {
  const RequestTotals all = sumOf(routes);
  std::string json;
  json::Writer out(json);
  out.beginObject().key("data").beginObject();
  writeTime(out, "start", query.rollups.start);
  writeTime(out, "end", query.rollups.end);
  out.key("totals").beginObject().field("requests", all.requests);
  writeDecisionSums(out, all);
  out.endObject();
  for (const Breakdown& breakdown : kBreakdowns) {
    out.key(breakdown.name).beginArray();
    for (const Part& part : partsOf(breakdown, routes, query.rollups.limit)) {
      writePart(out, breakdown, part, all.requests);
    }
    out.endArray();
  }
  out.endObject().endObject();
  return json;
}

std::string decisionsCsv(const AnalyticsQuery& query, const std::vector<RouteTotals>& routes) {
  std::string text;
  CsvWriter csv(text);
  for (const char* name :
       {"breakdown", "subject", "detail", "requests", "errors", "attempts", "fallback_requests",
        "cost_usd", "p50_latency_ms", "p95_latency_ms", "p99_latency_ms"}) {
    csv.raw(name);
  }
  csv.endRow();
  for (const Breakdown& breakdown : kBreakdowns) {
    for (const Part& part : partsOf(breakdown, routes, query.rollups.limit)) {
      csv.raw(breakdown.name).text(part.subject.name).text(part.subject.detail);
      csv.number(part.totals.requests).number(part.totals.errors).number(part.totals.attempts);
      csv.number(part.totals.fallbacks).raw(part.totals.cost_total.usd(9));
      addPercentiles(csv, part.totals.latency);
      csv.endRow();
    }
  }
  return text;
}

}  // namespace penstock::manage
