#include "dialect/responses_reasoning.h"

#include <doctest/doctest.h>

#include "dialect/thought_signature.h"

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/responses_reasoning") {
  TEST_CASE("what OpenAI sealed comes back through callers of other dialects") {
    const std::string signature = sealReasoning("rs_1", "gAAA:B");
    const auto sealed = openReasoning(signature);
    REQUIRE(sealed);
    CHECK(sealed->id == "rs_1");
    CHECK(sealed->encrypted == "gAAA:B");
    CHECK_FALSE(isClaudeSignature(signature));
    CHECK(geminiThought(signature).empty());
    CHECK_FALSE(openReasoning("EqQB"));
    CHECK(isClaudeSignature("EqQB"));
  }

  TEST_CASE("what others signed or redacted comes back through callers of Responses") {
    for (const Part& part :
         {Part{.value = ThinkingPart{"t", "EqQB"}}, Part{.value = ThinkingPart{"t", "gemini:abc"}},
          Part{.value = ThinkingPart{"t", sealReasoning("rs_1", "x")}}}) {
      const Part back = thinkingOf("rs_1", "t", encryptedContentOf(part));
      REQUIRE(back.is<ThinkingPart>());
      CHECK(back.as<ThinkingPart>()->signature == part.as<ThinkingPart>()->signature);
    }
    const Part redacted =
        thinkingOf("", "", encryptedContentOf({.value = RedactedThinkingPart{"d"}}));
    REQUIRE(redacted.is<RedactedThinkingPart>());
    CHECK(redacted.as<RedactedThinkingPart>()->data == "d");
    CHECK(encryptedContentOf({.value = ThinkingPart{"t", ""}}).empty());
  }
}
