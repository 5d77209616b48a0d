#include "dialect/openai_family.h"

#include <doctest/doctest.h>

using namespace penstock::dialect;

TEST_SUITE("dialect/openai_family") {
  TEST_CASE("tiers of other dialects are told in OpenAI's words") {
    struct Case {
      Dialect source;
      const char *asked, *told, *lost;
    };
    for (const Case& each :
         {Case{Dialect::Gemini, "SERVICE_TIER_FLEX", "flex", ""},
          Case{Dialect::Gemini, "priority", "priority", ""},
          Case{Dialect::Gemini, "standard", "default", ""},
          Case{Dialect::Gemini, "SERVICE_TIER_UNSPECIFIED", "", ""},
          Case{Dialect::Gemini, "turbo", "", "serviceTier"},
          Case{Dialect::Anthropic, "standard_only", "default", ""},
          Case{Dialect::Anthropic, "auto", "", ""},
          Case{Dialect::OpenAi, "ultrafast", "ultrafast", ""}, Case{Dialect::OpenAi, "", "", ""}}) {
      INFO(each.asked);
      ChatRequest request;
      request.source = each.source;
      request.service_tier = each.asked;
      Losses losses(each.source);
      CHECK(fitTier(request, losses) == each.told);
      CHECK(losses.header() == each.lost);
    }
  }
}
