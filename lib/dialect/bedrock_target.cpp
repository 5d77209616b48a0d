#include "dialect/bedrock_target.h"

namespace penstock::dialect {
namespace {

bool names(std::string_view model, std::string_view word) {
  return model.find(word) != std::string_view::npos;
}

}  // namespace

BedrockTarget bedrockTargetOf(std::string_view model) {
  BedrockTarget target{.model = std::string(model)};
  using Family = BedrockTarget::Family;
  if (names(model, "claude")) {
    target.family = Family::Claude;
    target.claude = anthropicTargetOf(model);
    target.claude.user_first = true;
    target.forced_tools = target.cache_points = target.tool_cache_points = true;
    target.text_format = target.strict_tools = target.claude.output_format;
    target.cache_ttl = target.claude.output_format;
  } else if (names(model, "nova")) {
    target.family = names(model, "nova-2") ? Family::Nova2 : Family::Nova;
    target.forced_tools = target.cache_points = true;
  } else {
    target.forced_tools = names(model, "mistral-large");
  }
  return target;
}

}  // namespace penstock::dialect
