#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"
#include "http/loop.h"

namespace penstock::http {

// A whole answer, owned.
struct Fetched {
  int status = 0;
  Headers headers;  // in order of arrival
  std::string body;
  CallTimings timings;

  // The first value of that name (any case), or an empty view.
  std::string_view header(std::string_view name) const;
};

// Makes a call on the loop's client and waits for its end: for threads that may block, never the
// loop's own (that throws). A body larger than `max_body` is TooLarge. Any status is an answer.
//
// Waits no longer than request.timeouts.total and a moment; when the loop ends meanwhile, that is
// noticed at once, as a Reset. The loop outlives this call; the client may go when the loop has
// ended. The request's body is copied.
Result<Fetched, Failure> fetch(Loop& loop, Client& client, ClientRequest request,
                               uint64_t max_body = 1 << 20);

// The same for an answer that may be too large to hold: the bytes of a 200 go to `sink`, on the
// loop's thread, and not into Fetched::body; a sink that answers false ends the call as TooLarge.
// The sink may still be called when this has given up waiting: it owns what it needs.
Result<Fetched, Failure> fetchInto(Loop& loop, Client& client, ClientRequest request,
                                   std::function<bool(std::string_view)> sink);

}  // namespace penstock::http
