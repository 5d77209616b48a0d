#include "dialect/gemini_answer_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "dialect/gemini_answer_writer.h"
#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string answer(const std::string& parts, const std::string& finish) {
  return R"({"candidates":[{"content":{"parts":[)" + parts +
         R"(],"role":"model"},"finishReason":")" + finish +
         R"(","index":0}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":3,"totalTokenCount":8},)"
         R"("modelVersion":"m","responseId":"r1"})";
}

}  // namespace

TEST_SUITE("dialect/gemini_answer_reader") {
  TEST_CASE("reasons to finish") {
    using Reason = Stop::Reason;
    const auto reason = [](const std::string& parts, const char* word) {
      const auto read = readGeminiAnswer(answer(parts, word), {});
      REQUIRE(read);
      return read->stop.reason;
    };
    const std::string text = R"({"text":"Hi"})", call = R"({"functionCall":{"name":"f"}})";
    CHECK(reason(text, "STOP") == Reason::EndTurn);
    CHECK(reason(call, "STOP") == Reason::ToolUse);
    CHECK(reason(text, "MAX_TOKENS") == Reason::MaxTokens);
    for (const char* word :
         {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY"})
      CHECK(reason(text, word) == Reason::Refusal);
    CHECK(reason(text, "CONTINUATION") == Reason::PauseTurn);
    CHECK(reason(text, "BRAND_NEW") == Reason::Unknown);
  }

  TEST_CASE("what is no answer is an error of the provider's") {
    for (const std::string& body :
         {std::string("nonsense"), std::string("[]"), std::string("{}"),
          std::string(R"({"candidates":[]})"),
          answer(R"({"text":"Hi"})", "MALFORMED_FUNCTION_CALL"), answer("", "OTHER")}) {
      const auto read = readGeminiAnswer(body, {});
      REQUIRE_FALSE(read);
      CHECK(read.error().kind == ErrorKind::UpstreamFailed);
    }
    const auto blocked = readGeminiAnswer(R"({"promptFeedback":{"blockReason":"OTHER"}})", {});
    REQUIRE(blocked);
    CHECK(blocked->stop.reason == Stop::Reason::Refusal);
  }

  TEST_CASE("what was read of Gemini's is written for Gemini as it was") {
    for (const std::string& body :
         {answer(R"({"text":"hm","thought":true},{"text":"Hi","thoughtSignature":"c2ln"})", "STOP"),
          answer(
              R"({"functionCall":{"id":"c1","name":"f","args":{"a":1}},"thoughtSignature":"c2ln"},)"
              R"({"functionCall":{"id":"c2","name":"g","args":{}}})",
              "STOP"),
          answer(R"({"text":"On"})", "MAX_TOKENS")}) {
      const auto read = readGeminiAnswer(body, {});
      REQUIRE(read);
      Losses losses(Dialect::Gemini);
      CHECK(writeGeminiAnswer(*read, "x", losses) == body);
      CHECK(losses.all().empty());
    }
  }

  TEST_CASE("of several candidates the first is the answer, and the others are reported") {
    const auto read = readGeminiAnswer(
        R"({"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]}},{"content":{"parts":[{"text":"a"}]}}]})",
        {});
    REQUIRE(read);
    CHECK(read->parts.at(0).as<TextPart>()->text == "a");
    Losses losses(Dialect::Gemini);
    writeGeminiAnswer(*read, "x", losses);
    CHECK(losses.header() == "answer.candidates");
  }

  TEST_CASE("pictures and code that Gemini ran have no place with other callers") {
    const auto read = readGeminiAnswer(
        answer(
            R"({"inlineData":{"mimeType":"image/png","data":"A"}},{"executableCode":{}},{"text":"x"})",
            "STOP"),
        {});
    REQUIRE(read);
    Losses losses(Dialect::Gemini);
    writeGeminiAnswer(*read, "x", losses);
    CHECK(losses.header() == "answer.inlineData, answer.executableCode");
  }
}
