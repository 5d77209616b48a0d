#pragma once

#include <string>
#include <vector>

#include "dialect/chat_request.h"
#include "dialect/wire_reading.h"
#include "json/value.h"

namespace penstock::dialect {

// One of OpenAI's messages, into the model; what it is to follow is in `messages`.
//
// Also read: the thinking that other servers' answers hold and callers send back, as
// "reasoning_content" (DeepSeek), "reasoning" (OpenRouter) or "thinking_blocks" (LiteLLM, with
// signatures); Anthropic's "cache_control" on parts; and the legacy "function_call".
void readOpenAiMessage(Reading& reading, json::ValueRef value, std::vector<Message>& messages);

// The same for a message of an answer, whatever its role.
void readOpenAiAssistant(Reading& reading, json::ValueRef value, Message& message);

// {"prompt_cache_breakpoint":{"mode":"explicit","ttl":"30m"}} or {"cache_control":{"type":
// "ephemeral","ttl":"1h"}}: the value of either.
CacheMark readCacheMark(json::ValueRef value);

// "data:image/png;base64,…" taken apart; anything else is a URL.
Source sourceOfUrl(std::string url);

}  // namespace penstock::dialect
