#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace penstock::telemetry {

// W3C trace context, version 00 (https://www.w3.org/TR/trace-context/#traceparent-header):
//
//   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
//      trace id                         span id          flags, of which 01 is "sampled"
//
// The ids of a traceparent are lower-case hex and never all zeros.
bool isTraceparent(std::string_view text);

// The parts of a text that isTraceparent() accepted.
constexpr std::string_view traceIdOf(std::string_view traceparent) {
  return traceparent.substr(3, 32);
}
constexpr std::string_view spanIdOf(std::string_view traceparent) {
  return traceparent.substr(36, 16);
}
bool isSampled(std::string_view traceparent);

// A request's place in its trace.
struct TraceContext {
  std::string traceparent;     // with a span of ours
  std::string parent_span_id;  // the caller's span; empty when the trace starts here
};

// Continues a caller's traceparent, with its flags; anything else starts a trace, whose sampled
// flag inSample() decides, so that providers which take part in the trace keep the same ones.
TraceContext continueTrace(std::string_view traceparent, double sample_ratio = 1);

// Whether a trace is among the `ratio` that is kept: the same answer for a trace id everywhere, by
// the 56 bits of it that W3C wants random.
bool inSample(std::string_view trace_id, double ratio);

// The span id of a request's attempt, `index` from 0: the same whenever it is asked for.
std::string attemptSpanId(std::string_view request_span_id, size_t index);

// What the provider is sent: the request's traceparent with the attempt's span in place of the
// request's, so that whatever the provider exports stands below the attempt.
std::string attemptTraceparent(std::string_view traceparent, size_t index);

}  // namespace penstock::telemetry
