#include "dialect/anthropic_target.h"

#include <doctest/doctest.h>

#include <vector>

using namespace penstock::dialect;
using Thinking = AnthropicTarget::Thinking;

TEST_SUITE("dialect/anthropic_target") {
  TEST_CASE("families are told by their names, in every cloud's spelling") {
    struct Case {
      const char* model;
      int64_t output;
      bool sampling;
      Thinking thinking;
      bool format, prefill;
    };
    const std::vector<Case> cases = {
        {"claude-3-opus-20240229", 4096, true, Thinking::None, false, true},
        {"anthropic.claude-3-5-sonnet-20241022-v2:0", 8192, true, Thinking::None, false, true},
        {"claude-3-7-sonnet-20250219", 64000, true, Thinking::Budget, false, true},
        {"claude-opus-4-20250514", 32000, true, Thinking::Budget, false, true},
        {"us.anthropic.claude-opus-4-1-20250805-v1:0", 32000, true, Thinking::Budget, false, true},
        {"claude-sonnet-4-5@20250929", 64000, true, Thinking::Budget, true, true},
        {"claude-opus-4-6", 64000, true, Thinking::Both, true, false},
        {"claude-opus-4-7", 64000, false, Thinking::Adaptive, true, false},
        {"claude-sonnet-5", 64000, false, Thinking::Adaptive, true, false},
        {"some-other-model", 64000, false, Thinking::Adaptive, true, false},
    };
    for (const Case& c : cases) {
      const AnthropicTarget target = anthropicTargetOf(c.model);
      INFO(c.model);
      CHECK(target.model == c.model);
      CHECK(target.max_output_tokens == c.output);
      CHECK(target.sampling == c.sampling);
      CHECK(target.thinking == c.thinking);
      CHECK(target.output_format == c.format);
      CHECK(target.prefill == c.prefill);
    }
  }
}
