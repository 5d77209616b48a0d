#pragma once

#include <string>
#include <string_view>

namespace penstock::dialect {

// What a response repeats of its request: "instructions", "tools", "temperature", … as the members
// of a JSON object without its braces, with the API's defaults for what the request does not say;
// but "store" is false, for nothing is kept where answers are translated. Of a body that is no JSON
// object, the defaults alone.
std::string responsesEcho(std::string_view request_body);

}  // namespace penstock::dialect
