#include "dialect/gemini_input.h"

#include <doctest/doctest.h>

#include "dialect/input_rules.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::dialect::input_rules;

namespace {

GeminiRequest parsed(std::string_view text) {
  auto request = parseGeminiContent(text, {"m", GeminiVerb::CountTokens});
  REQUIRE(request);
  return *std::move(request);
}

std::string withPart(const std::string& part) {
  return R"({"contents":[{"parts":[)" + part + "]}]}";
}

}  // namespace

TEST_SUITE("dialect/gemini_input") {
  TEST_CASE("the bytes bound all text, attachments are bounded by their kind") {
    const auto beyond = [](const std::string& text) {
      return parsed(text).maxInputTokens() - static_cast<int64_t>(text.size()) - kFraming;
    };
    CHECK(beyond(withPart(R"({"text":"Hi"})")) == 0);
    CHECK(beyond(withPart(R"({"inline_data":{"mime_type":"image/png","data":"A"}})")) ==
          kTokensAnImage - 3);
    CHECK(beyond(withPart(R"({"inlineData":{"mimeType":"video/mp4","data":"A"}})")) ==
          kTokensAnythingElse);
    CHECK(beyond(withPart(
              R"({"functionResponse":{"name":"f","parts":[{"fileData":{"fileUri":"x"}}]}})")) ==
          kTokensAnythingElse);
    CHECK(beyond(R"({"contents":[1],"cachedContent":"c"})") == kTokensAnythingElse);
    CHECK(parsed(withPart(R"({"fileData":{"fileUri":"x"}})")).boundInput().images);
  }

  TEST_CASE("the estimate counts texts, tools and attachments") {
    const int64_t little = parsed(withPart(R"({"text":"Hi"})")).estimateInputTokens();
    CHECK(little > kTokensAMessage);
    CHECK(little < 20);
    CHECK(parsed(withPart(R"({"text":"Hi","thoughtSignature":"AAAAAAAAAAAAAAAAAAAAAAAAAA"})"))
              .estimateInputTokens() == little);
    CHECK(
        parsed(
            R"({"system_instruction":{"parts":[{"text":"Be very brief today."}]},"contents":[{"parts":[{"text":"Hi"}]}]})")
            .estimateInputTokens() > little);
    CHECK(parsed(withPart(R"({"inlineData":{"mimeType":"image/png","data":"A"}})"))
              .estimateInputTokens() == kTokensAnAttachment + kTokensAMessage + kTokensAReply);
  }
}
