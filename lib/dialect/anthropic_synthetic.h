#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "dialect/openai_synthetic.h"

namespace penstock::dialect {

// Answers of Anthropic's API that no provider gives.

// {"type":"model","id":…,"display_name":…,"created_at":…}
std::string renderAnthropicModel(const ModelEntry& model);
// {"data":[…],"has_more":false,"first_id":…,"last_id":…}: always the whole list.
std::string renderAnthropicModelList(std::span<const ModelEntry> models);

// {"input_tokens":…}
std::string renderTokenCount(int64_t tokens);

}  // namespace penstock::dialect
