#pragma once

#include <cstdint>
#include <string_view>

#include "dialect/chat_view.h"

namespace penstock::dialect {

// What a provider made of an answer that nobody saw is billed all the same: what a model thinks and
// keeps to itself, and an answer that was under way when its call ended. When no usage says how
// much it was, all that is known is how long it took.

// Whether the model may think where nobody sees it, or shows a summary of it only: by the families
// of OpenAI, Google, Anthropic, xAI, Amazon and Perplexity that do, under whatever provider's name
// of them. No for names that are not known: servers of open models show what they think.
bool mayThinkUnseen(std::string_view model, const ChatView& request);

// The most tokens that a provider makes of one answer in this time. `provider` is the catalogue's
// id, or a vendor of ours. 400 a second: what hides its thinking is served at up to about 300
// (OpenAI's Ultrafast says so); 4,000 where chips are built for it, by Cerebras, Groq and SambaNova
// (Cerebras documents 3,000 of gpt-oss-120b).
int64_t mostTokensIn(int64_t micros, std::string_view provider);

}  // namespace penstock::dialect
