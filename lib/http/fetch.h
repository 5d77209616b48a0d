#pragma once

#include <cstdint>
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

}  // namespace penstock::http
