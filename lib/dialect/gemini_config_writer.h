#pragma once

#include "dialect/chat_request.h"
#include "dialect/gemini_target.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// A request's "generationConfig", as a member of an open object; none when it would be empty.
void writeGeminiConfig(const ChatRequest& request, const GeminiTarget& target, Losses& losses,
                       json::Writer& out);

}  // namespace penstock::dialect
