#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialect/anthropic_target.h"

namespace penstock::dialect {

// What a model on Bedrock can be asked through Converse (spec/dialects.md 3 to 5).
struct BedrockTarget {
  std::string model;  // id, inference profile or ARN, for the URL: it is not in the body
  enum class Family : uint8_t {
    Claude,  // see `claude`
    Nova,
    Nova2,  // which thinks
    Other,
  };
  Family family = Family::Other;
  AnthropicTarget claude = {};  // of Claude
  bool forced_tools = false;    // takes a choice of tools beyond auto
  bool text_format = false;     // answers by a JSON schema
  bool strict_tools = false;
  bool cache_points = false;       // after system texts and content
  bool tool_cache_points = false;  // after tools
  bool cache_ttl = false;          // of an hour
};

// By what AWS documents: "anthropic.claude-sonnet-4-5-20250929-v1:0", "us.amazon.nova-pro-v1:0", also
// as the end of an ARN. Names that say no family get the defaults.
BedrockTarget bedrockTargetOf(std::string_view model);

}  // namespace penstock::dialect
