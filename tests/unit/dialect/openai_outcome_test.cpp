#include "dialect/openai_outcome.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock::dialect;

namespace {

std::string answer(const std::string& choices) {
  return R"({"object":"chat.completion","choices":[)" + choices + "]}";
}

std::string choice(const std::string& finish, const std::string& message = R"({"content":"x"})") {
  return R"({"index":0,"message":)" + message + R"(,"finish_reason":)" + finish + "}";
}

}  // namespace

TEST_SUITE("dialect/openai_outcome") {
  TEST_CASE("an answer is complete when every choice ended by itself or at the request's limit") {
    for (const char* finish : {R"("stop")", R"("length")"}) {
      CHECK(readOpenAiOutcome(answer(choice(finish))).complete);
      CHECK_FALSE(readOpenAiOutcome(answer(choice(finish))).calls_tools);
    }
    for (const char* finish : {R"("content_filter")", "null", R"("error")", "1"}) {
      CHECK_FALSE(readOpenAiOutcome(answer(choice(finish))).complete);
      CHECK_FALSE(readOpenAiOutcome(answer(choice(R"("stop")") + "," + choice(finish))).complete);
    }
    for (const char* other : {"", "[]", "{}", R"({"choices":[]})", R"({"choices":[1]})",
                              R"({"error":{}})", R"({"choices":[{"message":{}}]})"}) {
      CHECK_FALSE(readOpenAiOutcome(other).complete);
    }
  }

  TEST_CASE("calls of tools are seen in the message and in how it ended") {
    const auto reads = [](const std::string& text) { return readOpenAiOutcome(answer(text)); };
    CHECK(reads(choice(R"("tool_calls")")).calls_tools);
    CHECK(reads(choice(R"("tool_calls")")).complete);
    CHECK(reads(choice(R"("stop")", R"({"tool_calls":[{"id":"1"}]})")).calls_tools);
    CHECK(reads(choice(R"("stop")", R"({"function_call":{"name":"f"}})")).calls_tools);
    CHECK_FALSE(
        reads(choice(R"("stop")", R"({"tool_calls":[],"function_call":null})")).calls_tools);
  }

  TEST_CASE("embeddings are complete when there are vectors") {
    CHECK(readOpenAiOutcome(R"({"data":[{"embedding":[1]}]})").complete);
    CHECK_FALSE(readOpenAiOutcome(R"({"data":[]})").complete);
    CHECK_FALSE(readOpenAiOutcome(R"({"data":null})").complete);
  }
}
