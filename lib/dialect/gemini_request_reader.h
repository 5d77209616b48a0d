#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_request.h"
#include "json/document.h"

namespace penstock::dialect {

// The body of a Gemini request as the typed model: of generateContent, streamGenerateContent, and
// countTokens with or without its "generateContentRequest" around it. The URL says the model and
// whether to stream, so `stream` and, unless the body names one, `model` are the caller's to set.
//
// mlx:* members are no part of it: gemini_request.h has read them. Errors are InvalidRequest with
// the field as `param`. What has no place in the model is kept as extras, by names with their place
// ("generationConfig.speechConfig").
Result<ChatRequest> readGeminiContent(std::string_view body, const json::Limits& limits = {});

}  // namespace penstock::dialect
