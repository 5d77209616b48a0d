#pragma once

#include <cstdint>
#include <optional>

#include "dialect/anthropic_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// What a request to a Claude model says of sampling, on Anthropic's own servers and on Bedrock.
struct ClaudeSampling {
  std::optional<double> temperature = {}, top_p = {};
  std::optional<int64_t> top_k = {};
};

// What of it the model takes beside `thinking`, which is as the request will have it.
ClaudeSampling planSampling(const ChatRequest& request, const AnthropicTarget& target,
                            const Thinking& thinking, Losses& losses);
// Reports what only other providers' models know.
void dropForeignSampling(const Sampling& sampling, Losses& losses);

}  // namespace penstock::dialect
