#include "dialect/anthropic_input.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string body(const std::string& content, const std::string& more = "") {
  return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":)" + content + "}]" +
         more + "}";
}

// What attachments add to the body's bytes.
int64_t added(const std::string& content) {
  const std::string text = body(content);
  const auto request = parseAnthropicMessages(text);
  REQUIRE(request);
  return request->boundInput().tokens - static_cast<int64_t>(text.size()) - 1024;
}

int64_t estimate(const std::string& text) {
  const auto request = parseAnthropicMessages(text);
  REQUIRE(request);
  CHECK(request->estimateInputTokens() <= request->maxInputTokens());
  return request->estimateInputTokens();
}

}  // namespace

TEST_SUITE("dialect/anthropic_input") {
  TEST_CASE("texts are bounded by their bytes, attachments by what the dearest model takes") {
    CHECK(added(R"("words")") == 0);
    CHECK(added(R"([{"type":"text","text":"x"},{"type":"thinking","thinking":"x"}])") == 0);
    CHECK(added(R"([{"type":"document","source":{"type":"text","data":"x"}}])") == 0);
    CHECK(added(R"([{"type":"image","source":{"type":"url","url":"x"}}])") == 50'000);
    CHECK(added(R"([{"type":"image","source":{"type":"base64","data":"AAAA"}}])") == 50'000 - 6);
    CHECK(added(R"([{"type":"tool_result","content":[{"type":"image",)"
                R"("source":{"type":"base64","data":"AAAA"}}]}])") == 50'000 - 6);
    CHECK(added(R"([{"type":"document","source":{"type":"base64","data":"x"}}])") == 1'000'000);
    CHECK(added(R"([{"type":"brand_new"}])") == 1'000'000);
    CHECK(added(R"([{"type":"tool_result","content":"x"},{"type":"tool_result","content":[)"
                R"({"type":"image"},{"type":"text","text":"x"}]}])") == 50'000);
    const std::string image = body(R"([{"type":"image"}])");
    const auto request = parseAnthropicMessages(image);
    CHECK(request->boundInput().images);
  }

  TEST_CASE("an estimate counts the system prompt, texts, tools and results") {
    const int64_t bare = estimate(body(R"("hello there")"));
    CHECK(bare == 4 + 3 + 6);
    CHECK(estimate(body(R"("hello there")", R"(,"system":"hello there")")) > bare + 3);
    CHECK(estimate(body(R"("hello there")", R"(,"tools":[{"name":"get_weather"}])")) > bare + 3);
    CHECK(estimate(body(R"([{"type":"tool_result","content":"hello there"}])")) == bare);
    CHECK(estimate(body(R"([{"type":"image"}])")) == 5007);
    CHECK(estimate(body(
              R"([{"type":"thinking","thinking":"hello there","signature":"xxxxxxx"}])")) == bare);
  }
}
