#include "dialect/bedrock_target.h"

#include <doctest/doctest.h>

using namespace penstock::dialect;

TEST_SUITE("dialect/bedrock_target") {
  TEST_CASE("families are found in ids, inference profiles and ARNs") {
    using Family = BedrockTarget::Family;
    const BedrockTarget claude = bedrockTargetOf("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    CHECK(claude.family == Family::Claude);
    CHECK(claude.text_format);
    CHECK(claude.claude.thinking == AnthropicTarget::Thinking::Budget);
    CHECK_FALSE(bedrockTargetOf("anthropic.claude-3-haiku-20240307-v1:0").text_format);
    CHECK(bedrockTargetOf("arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0")
              .family == Family::Nova);
    CHECK(bedrockTargetOf("us.amazon.nova-2-lite-v1:0").family == Family::Nova2);
    CHECK(bedrockTargetOf("mistral.mistral-large-2407-v1:0").forced_tools);
    CHECK_FALSE(bedrockTargetOf("meta.llama3-1-70b-instruct-v1:0").forced_tools);
  }
}
