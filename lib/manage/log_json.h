#pragma once

#include <string>

#include "json/writer.h"
#include "model/request_log.h"

namespace penstock::manage {

// A row of the log as lists show it (spec/modelux.md 5.1): the fields that people filter and sum
// by.
void writeLogSummary(json::Writer& out, const model::RequestLog& row);
std::string logSummary(const model::RequestLog& row);

// The same and what only one request's page shows: usage by kind of token, cost, timings, the
// decision trace, and the bodies where they were retained.
void writeLogDetail(json::Writer& out, const model::RequestLog& row);

}  // namespace penstock::manage
