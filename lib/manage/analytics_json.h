#pragma once

#include <string>
#include <string_view>

#include "json/writer.h"
#include "manage/analytics_query.h"
#include "manage/csv.h"
#include "model/request_totals.h"

namespace penstock::manage {

// "p50_latency_ms" and so on: milliseconds, null without requests.
void writePercentiles(json::Writer& out, const model::LatencyHistogram& latency);

// The fields that sum up requests, into an open object.
void writeSums(json::Writer& out, const model::RequestTotals& totals);

// A report: {"data":{…,"series","totals"},"series","totals"}, both copies the same
// (spec/modelux.md 13.33). `previous` is null unless a comparison was asked for.
std::string reportJson(const AnalyticsQuery& query, const store::RollupReport& report,
                       const model::RequestTotals* previous);
// Its series.
std::string reportCsv(const AnalyticsQuery& query, const store::RollupReport& report);

// Part of what share: 0 of nothing.
double shareOf(int64_t part, int64_t whole);
// Percentiles as cells; empty without requests.
void addPercentiles(CsvWriter& csv, const model::LatencyHistogram& latency);

}  // namespace penstock::manage
