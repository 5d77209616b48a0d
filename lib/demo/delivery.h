#pragma once

#include <memory>
#include <string>

#include "demo/faults.h"
#include "http/exchange.h"

namespace penstock::demo {

// The events of one streamed answer, made when they are wanted.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // Writes the next event, ready for the wire, into `event`; false after the last.
  virtual bool next(std::string& event) = 0;
};

// Both answer the exchange, now or later, on its loop and without blocking, with the latency, pace
// and faults given; both stop at once when the client leaves.

// An answer of one piece. It takes `tokens` times the pace to make. Faults that wait for events
// strike in mid-body, or before the head with a count of 0; an error is a 500.
void deliver(const http::ExchangePtr& exchange, const Faults& faults, http::Response response,
             uint64_t tokens);

// A stream of server-sent events, or of other pieces of that type.
void deliver(const http::ExchangePtr& exchange, const Faults& faults,
             std::unique_ptr<EventSource> events,
             const std::string& content_type = "text/event-stream");

}  // namespace penstock::demo
