#include "dialect/thought_signature.h"

#include <doctest/doctest.h>

using namespace penstock::dialect;

TEST_SUITE("dialect/thought_signature") {
  TEST_CASE("signatures of both providers pass through Gemini's form") {
    for (const char* signature : {"gemini:c2ln", "EqQB+sig/=="})
      CHECK(thoughtOfGemini(geminiThought(signature)).text == signature);
    CHECK(geminiThought("gemini:c2ln") == "c2ln");
    CHECK(geminiThought("") == "");
    CHECK(thoughtOfGemini("").text == "");
    const WireThought redacted = thoughtOfGemini(geminiThought("Emw=", ThoughtKind::Redacted));
    CHECK(redacted.kind == ThoughtKind::Redacted);
    CHECK(redacted.text == "Emw=");
  }

  TEST_CASE("an SDK that writes base64 for URLs breaks nothing of Claude's") {
    std::string wire = geminiThought("Eq+B/sig==");
    for (char& c : wire) c = c == '+' ? '-' : c == '/' ? '_' : c;
    CHECK(thoughtOfGemini(wire).text == "Eq+B/sig==");
  }

  TEST_CASE("a call's signature goes to the thinking before it, or to one of its own") {
    const Part call{.value = ToolCallPart{"1", "f", "{}"}, .signature = "gemini:s"};
    const auto after =
        signaturesOnThinking({{.value = ThinkingPart{"hm", {}}}, call}, CallSignatures::Move);
    REQUIRE(after.size() == 2);
    CHECK(after[0].as<ThinkingPart>()->signature == "gemini:s");
    CHECK(after[1].signature.empty());
    const auto alone = signaturesOnThinking({call}, CallSignatures::Move);
    REQUIRE(alone.size() == 2);
    CHECK(alone[0].as<ThinkingPart>()->text.empty());
    CHECK(signaturesOnThinking({call}, CallSignatures::Keep).at(0).signature == "gemini:s");
  }

  TEST_CASE("and back to the part after it, at the end to the one before") {
    const Part thought{.value = ThinkingPart{"hm", "gemini:s"}};
    const Part text{.value = TextPart{"hi"}};
    CHECK(signaturesOnParts({thought, text}).at(0).signature == "gemini:s");
    CHECK(signaturesOnParts({text, thought}).at(0).signature == "gemini:s");
    CHECK(signaturesOnParts({{.value = ThinkingPart{"hm", "claude's"}}, text}).at(0).signature ==
          "");
    CHECK(signaturesOnParts({thought}).empty());
  }
}
