#pragma once

#include <cstdint>
#include <string>

#include "demo/chat_request.h"

namespace penstock::demo {

// The sentences of a reply, before any cut. The choices of one request differ from one another.
// With the fault `tokens` it has exactly so many tokens. Never empty, and starts with a word.
std::string composeText(const ChatRequest& request, uint64_t choice);

// The JSON object of a json_object answer.
std::string composeJsonObject(const ChatRequest& request);

}  // namespace penstock::demo
