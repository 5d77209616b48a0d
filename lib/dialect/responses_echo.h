#pragma once

#include <string>
#include <string_view>

namespace penstock::dialect {

// What of it is not for the request to say.
struct ResponsesKept {
  bool store = false;                          // the response is kept
  std::string_view previous_response_id = {};  // that it goes on from; empty: none
};

// What a response repeats of its request: "instructions", "tools", "temperature", … as the members
// of a JSON object without its braces, with the API's defaults for what the request does not say.
// Of a body that is no JSON object, the defaults alone.
std::string responsesEcho(std::string_view request_body, const ResponsesKept& kept = {});

}  // namespace penstock::dialect
