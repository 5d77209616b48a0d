#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace penstock::dialect {

// {"error":{"message":…,"type":…,"param":…|null,"code":…}}
std::string renderOpenAiError(const ApiError& error);
// The same as a stream event, "data: {…}\n\n". No [DONE] follows it.
std::string renderOpenAiErrorEvent(const ApiError& error);

// What a provider said in an error answer. Bounded, and redacted: providers quote parts of keys.
struct UpstreamError {
  std::string message;  // never empty
  std::string type;
  std::string code;
  std::string param;
};

// Reads an error body: OpenAI's envelope, {"error":"text"}, an array around the envelope, FastAPI's
// {"detail":…}, {"message":…} or plain text; for anything else (HTML, nothing) the message names
// the status only.
UpstreamError parseOpenAiError(std::string_view body, int status);

// Passes a provider's refusal on to the caller (spec/modelux.md 13.15).
std::string renderOpenAiError(const UpstreamError& error);

}  // namespace penstock::dialect
