#pragma once

#include "dialect/anthropic_block_writer.h"
#include "dialect/anthropic_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes "tools" and "tool_choice" as members of an open object; neither where there are none.
// `thinking` is what the target is told to do. Answers what the tools mean that the writer made up:
// the one that stands for an answer in JSON, and those with free input.
AnswerContext writeAnthropicTools(const ChatRequest& request, const AnthropicTarget& target,
                                  const Thinking& thinking, Losses& losses,
                                  AnthropicBlockWriter& blocks, json::Writer& out);

}  // namespace penstock::dialect
