#include "manage/analytics_json.h"

#include <fmt/format.h>

#include "manage/answers.h"

namespace penstock::manage {
namespace {

using model::RequestTotals;

constexpr std::pair<std::string_view, double> kPercentiles[] = {
    {"p50_latency_ms", 0.50}, {"p95_latency_ms", 0.95}, {"p99_latency_ms", 0.99}};

// Empty: not grouped.
constexpr std::string_view kNone = "";

void writePoint(json::Writer& out, const AnalyticsQuery& query, UnixMillis bucket,
                std::string_view group, const RequestTotals& totals) {
  out.beginObject();
  writeTime(out, "bucket", bucket);
  if (!query.group_by.empty()) writeText(out, "group", group);
  out.field("requests", totals.requests).field("cost_usd", totals.cost_total);
  out.field("input_tokens", totals.input_tokens).field("output_tokens", totals.output_tokens);
  out.field("errors", totals.errors);
  writePercentiles(out, totals.latency);
  out.endObject();
}

// Calls f(bucket, group, totals) for each row of the series. Without groups no bucket is left out,
// so that a chart needs no filling.
template <typename F>
void eachPoint(const AnalyticsQuery& query, const store::RollupReport& report, const F& f) {
  auto next = report.series.begin();
  if (!query.group_by.empty()) {
    for (; next != report.series.end(); ++next) {
      f(next->bucket, report.groups[next->group].name, next->totals);
    }
    return;
  }
  const UnixMillis width =
      query.rollups.granularity == store::Granularity::Hour ? 3'600'000 : 86'400'000;
  const RequestTotals nothing;
  for (UnixMillis bucket = query.rollups.start / width * width; bucket < query.rollups.end;
       bucket += width) {
    const bool has = next != report.series.end() && next->bucket == bucket;
    f(bucket, kNone, has ? next->totals : nothing);
    if (has) ++next;
  }
}

std::string seriesOf(const AnalyticsQuery& query, const store::RollupReport& report) {
  std::string json;
  json::Writer out(json);
  out.beginArray();
  eachPoint(query, report, [&](UnixMillis bucket, std::string_view group, const RequestTotals& t) {
    writePoint(out, query, bucket, group, t);
  });
  out.endArray();
  return json;
}

std::string totalsOf(const RequestTotals& totals) {
  std::string json;
  json::Writer out(json);
  out.beginObject();
  writeSums(out, totals);
  out.endObject();
  return json;
}

// Null where there was nothing before to compare with.
void writeChange(json::Writer& out, std::string_view name, double before, double now) {
  out.key(name);
  if (before == 0) {
    out.null();
  } else {
    out.value((now - before) / before * 100.0);
  }
}

void writeComparison(json::Writer& out, const AnalyticsQuery& query, const RequestTotals& now,
                     const RequestTotals* before) {
  out.key("comparison");
  if (before == nullptr) {
    out.null();
    return;
  }
  const store::RollupQuery range = query.previous();
  out.beginObject();
  writeTime(out, "start", range.start);
  writeTime(out, "end", range.end);
  out.key("totals").raw(totalsOf(*before));
  out.key("change_pct").beginObject();
  writeChange(out, "requests", static_cast<double>(before->requests),
              static_cast<double>(now.requests));
  writeChange(out, "cost_usd", static_cast<double>(before->cost_total.nanos),
              static_cast<double>(now.cost_total.nanos));
  writeChange(out, "error_rate", before->errorRate(), now.errorRate());
  out.endObject().endObject();
}

void writeGroups(json::Writer& out, const AnalyticsQuery& query,
                 const store::RollupReport& report) {
  out.key("groups").beginArray();
  for (const auto& group : report.groups) {
    if (query.group_by.empty()) break;
    out.beginObject();
    writeText(out, "group", group.name);
    writeSums(out, group.totals);
    out.endObject();
  }
  out.endArray();
}

}  // namespace

double shareOf(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void writePercentiles(json::Writer& out, const model::LatencyHistogram& latency) {
  for (const auto& [name, share] : kPercentiles) {
    const auto micros = latency.percentile(share);
    out.key(name);
    if (micros) {
      out.value(static_cast<double>(*micros) / 1000.0);
    } else {
      out.null();
    }
  }
}

void addPercentiles(CsvWriter& csv, const model::LatencyHistogram& latency) {
  for (const auto& percentile : kPercentiles) {
    const auto micros = latency.percentile(percentile.second);
    csv.raw(micros ? fmt::format("{}.{:03}", *micros / 1000, *micros % 1000) : "");
  }
}

void writeSums(json::Writer& out, const RequestTotals& totals) {
  out.field("requests", totals.requests).field("errors", totals.errors);
  out.field("error_rate", totals.errorRate()).field("cost_usd", totals.cost_total);
  out.field("input_cost_usd", totals.cost_input).field("output_cost_usd", totals.cost_output);
  out.field("unpriced_requests", totals.unpriced);
  out.field("input_tokens", totals.input_tokens).field("output_tokens", totals.output_tokens);
  out.field("cache_read_tokens", totals.cache_read_tokens);
  writePercentiles(out, totals.latency);
}

std::string reportJson(const AnalyticsQuery& query, const store::RollupReport& report,
                       const RequestTotals* previous) {
  const std::string series = seriesOf(query, report);
  const std::string totals = totalsOf(report.totals);
  std::string json;
  json.reserve(2 * series.size() + 1024);
  json::Writer out(json);
  out.beginObject().key("data").beginObject();
  writeTime(out, "start", query.rollups.start);
  writeTime(out, "end", query.rollups.end);
  out.field("granularity", query.rollups.granularity == store::Granularity::Hour ? "hour" : "day");
  writeText(out, "group_by", query.group_by);
  out.rawField("series", series).rawField("totals", totals);
  writeGroups(out, query, report);
  writeComparison(out, query, report.totals, previous);
  out.endObject().rawField("series", series).rawField("totals", totals).endObject();
  return json;
}

std::string reportCsv(const AnalyticsQuery& query, const store::RollupReport& report) {
  std::string text;
  CsvWriter csv(text);
  csv.raw("bucket");
  if (!query.group_by.empty()) csv.text(query.group_by);
  for (const char* name : {"requests", "errors", "cost_usd", "input_cost_usd", "output_cost_usd",
                           "input_tokens", "output_tokens", "cache_read_tokens"}) {
    csv.raw(name);
  }
  for (const auto& percentile : kPercentiles) csv.raw(percentile.first);
  csv.endRow();
  eachPoint(query, report, [&](UnixMillis bucket, std::string_view group, const RequestTotals& t) {
    csv.raw(iso8601(bucket));
    if (!query.group_by.empty()) csv.text(group);
    csv.number(t.requests).number(t.errors).raw(t.cost_total.usd(9)).raw(t.cost_input.usd(9));
    csv.raw(t.cost_output.usd(9)).number(t.input_tokens).number(t.output_tokens);
    csv.number(t.cache_read_tokens);
    addPercentiles(csv, t.latency);
    csv.endRow();
  });
  return text;
}

}  // namespace penstock::manage
