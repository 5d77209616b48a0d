#pragma once

#include <cstdint>
#include <string_view>

#include "dialect/openai_errors.h"

namespace penstock::provider {

// What an error answer means for what is done next (spec/dialects.md 11).
enum class FailureClass : uint8_t {
  Rate,        // too many requests or tokens: its quota group cools down
  Money,       // quota or credit is used up: trying again soon is of no use
  Overload,    // 503, 529
  Fault,       // 5xx
  Timeout,     // 408, 504
  Shape,       // the prompt is too long for the model's context
  Policy,      // its content filter refused the request
  Credential,  // 401, 403
  NoModel,     // the provider does not have the model
  Caller,      // any other 4xx: the request is at fault, anywhere
};

// Reads an error answer's status and words, whatever vendor they are of.
FailureClass classify(int status, const dialect::UpstreamError& said);

// Whether it says that a response, or an item of one, is not there that the request names.
bool saysLost(const dialect::UpstreamError& said);

}  // namespace penstock::provider
