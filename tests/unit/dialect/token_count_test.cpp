#include "dialect/token_count.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/token_count") {
  TEST_CASE("a counter is told what it counts, and nothing of how to answer") {
    CHECK(
        writeTokenCount(
            TokenCounter::Messages,
            R"({"model":"c","max_tokens":9,"messages":[ 1 ],"tool_choice":{},"temperature":1,"stream":false})",
            "c") == R"({"model":"c","messages":[ 1 ],"tool_choice":{}})");
    CHECK(
        writeTokenCount(TokenCounter::InputTokens,
                        R"({"model":"g","input":[],"store":false,"max_output_tokens":9,"text":{}})",
                        "g") == R"({"model":"g","input":[],"text":{}})");
    CHECK(writeTokenCount(TokenCounter::Converse,
                          R"({"messages":[],"inferenceConfig":{"maxTokens":9},"toolConfig":{}})",
                          "b") == R"({"input":{"converse":{"messages":[],"toolConfig":{}}}})");
  }

  TEST_CASE("Google's takes the whole request, with its model; Vertex's some of it") {
    const std::string request =
        R"({"model":"models/@x","contents":[1],"system_instruction":{},"safetySettings":[]})";
    CHECK(
        writeTokenCount(TokenCounter::Content, request, "gemini-x") ==
        R"({"generateContentRequest":{"model":"models/gemini-x","contents":[1],"system_instruction":{},"safetySettings":[]}})");
    CHECK(writeTokenCount(TokenCounter::VertexContent, request, "gemini-x") ==
          R"({"contents":[1],"system_instruction":{}})");
  }

  TEST_CASE("the count is read where each has it") {
    CHECK(readTokenCount(TokenCounter::Messages, R"({"input_tokens":31})") == 31);
    CHECK(readTokenCount(TokenCounter::InputTokens,
                         R"({"object":"response.input_tokens","input_tokens":31})") == 31);
    CHECK(readTokenCount(TokenCounter::Content, R"({"totalTokens":31})") == 31);
    CHECK(readTokenCount(TokenCounter::VertexContent, R"({"totalTokens":31,"new":1})") == 31);
    CHECK(readTokenCount(TokenCounter::Converse, R"({"inputTokens":31})") == 31);
    for (const char* none : {"", "[]", "{}", R"({"input_tokens":"many"})", R"({"error":{}})"}) {
      CHECK_FALSE(readTokenCount(TokenCounter::Messages, none));
      CHECK_FALSE(readTokenCount(TokenCounter::Content, none));
      CHECK_FALSE(readTokenCount(TokenCounter::Converse, none));
    }
  }

  TEST_CASE("callers are told in their own words") {
    CHECK(renderTokenCount(Dialect::Anthropic, 31) == R"({"input_tokens":31})");
    CHECK(renderTokenCount(Dialect::Gemini, 31) == R"({"totalTokens":31})");
  }
}
