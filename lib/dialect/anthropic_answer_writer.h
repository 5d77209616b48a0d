#pragma once

#include <string>
#include <string_view>

#include "dialect/chat_answer.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// The typed model as an Anthropic message. `id` is for when the provider gave none. Parts of the
// provider's own are left out, and named in `losses`. Without usage of the provider's or an
// estimate, the counts are 0: Anthropic's callers cannot do without them.
std::string writeAnthropicAnswer(const ChatAnswer& answer, std::string_view id, Losses& losses);

// "msg_…" of an id of another dialect.
std::string anthropicId(std::string_view id, std::string_view otherwise);

// "stop_reason", "stop_sequence" and the provider's own word where they say less: members of an
// open object. A refusal in words is a refusal.
void writeAnthropicStop(json::Writer& out, const Stop& stop);

}  // namespace penstock::dialect
