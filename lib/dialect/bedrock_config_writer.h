#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialect/anthropic_thinking.h"
#include "dialect/bedrock_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// Claude's thinking, and a limit that holds it: that there is one is Claude's wish.
struct BedrockPlan {
  ThinkingPlan thinking;
  std::optional<int64_t> max_tokens;
};
BedrockPlan planBedrock(const ChatRequest& request, const BedrockTarget& target, Losses& losses);

// "inferenceConfig", "outputConfig" and "additionalModelRequestFields" of a Converse request, as
// members of an open object where they say something. `tool_choice`: JSON for the last; empty: none.
void writeBedrockConfig(const ChatRequest& request, const BedrockTarget& target,
                        const BedrockPlan& plan, std::string_view tool_choice, Losses& losses,
                        json::Writer& out);

}  // namespace penstock::dialect
