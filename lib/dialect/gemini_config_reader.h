#pragma once

#include "dialect/chat_request.h"
#include "dialect/wire_reading.h"
#include "json/value.h"

namespace penstock::dialect {

// Gemini's "generationConfig", into the model. What has no place there is kept in the request's
// extras as "generationConfig.…".
void readGeminiConfig(Reading& reading, json::ValueRef config, ChatRequest& request);

}  // namespace penstock::dialect
