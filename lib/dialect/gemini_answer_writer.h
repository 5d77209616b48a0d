#pragma once

#include <string>
#include <string_view>

#include "dialect/chat_answer.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// The typed model as a GenerateContentResponse. `id` is for when the provider gave none. Parts of
// the provider's own are left out, and named in `losses`.
std::string writeGeminiAnswer(const ChatAnswer& answer, std::string_view id, Losses& losses);

// Shared with streams. A part, unless it has no form; a call's arguments as an object.
void writeGeminiAnswerPart(json::Writer& out, const Part& part);
// "finishReason" and the provider's own word where it says less: members of an open candidate.
void writeGeminiFinish(json::Writer& out, const Stop& stop);

}  // namespace penstock::dialect
