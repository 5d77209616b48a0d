#pragma once

#include "base/result.h"
#include "demo/chat_request.h"
#include "json/value.h"

namespace penstock::demo {

// Reads and checks `messages`, and fills the request's part "The conversation".
//
// Prompt tokens are counted by tokenizer.h: 4 a message, and the tokens of its text, name and tool
// calls (as JSON); 85 an image; the tokens of `tools` (as JSON); 3 for the reply to come.
Status readMessages(json::ValueRef root, ChatRequest& request);

}  // namespace penstock::demo
