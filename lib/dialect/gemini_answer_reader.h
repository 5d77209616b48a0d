#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/chat_answer.h"
#include "dialect/chat_request.h"
#include "dialect/gemini_part_reader.h"
#include "json/value.h"

namespace penstock::dialect {

// A GenerateContentResponse as the typed model: its first candidate. Members that are odd are left
// out. A prompt that was blocked is a refusal without parts. Error: UpstreamFailed/
// "invalid_response" when the body is no JSON object with either, or the model failed to say
// anything that holds (MALFORMED_FUNCTION_CALL).
Result<ChatAnswer> readGeminiAnswer(std::string_view body, const AnswerContext& context);

// Shared with streams: the parts of a candidate, calls of custom tools turned back to their text
// and pictures named as what callers cannot be given.
std::vector<Part> readGeminiCandidate(GeminiPartReader& reader, json::ValueRef candidate,
                                      const AnswerContext& context);
// The first candidate of those that came; nothing when it is not among them.
std::optional<json::ValueRef> firstCandidate(json::ValueRef candidates);
// Why a prompt was not answered; empty: it was.
std::string blockReason(json::ValueRef response);
// Whether a reason to finish is the model's failure, which another attempt may not meet.
bool isGeminiFailure(std::string_view finish_reason);

}  // namespace penstock::dialect
