#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "model/request_log.h"

namespace penstock::telemetry {

// Whether who asked is told.
enum class EndUser : uint8_t { Omit, Include };

struct SpanOptions {
  std::string service_name = "penstock";
  EndUser end_user = EndUser::Omit;
};

// What a row becomes: a server span, and a client span for each attempt.
inline size_t spanCount(const model::RequestLog& row) { return 1 + row.attempt_log.size(); }

// An OTLP ExportTraceServiceRequest as JSON. Every row has a traceparent that isTraceparent()
// accepts. Nothing of prompts, answers, tags, keys or error messages is in it; names and values are
// those of the README's table.
std::string renderSpans(std::span<const model::RequestLog> rows, const SpanOptions& options);

}  // namespace penstock::telemetry
