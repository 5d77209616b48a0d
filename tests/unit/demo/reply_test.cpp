#include "demo/reply.h"

#include "demo/tokenizer.h"
#include "unit/demo/support.h"

namespace penstock::demo {
namespace {

constexpr const char* kTools = R"("tools":[
  {"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
    "properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]}},"required":["city","unit"]}}},
  {"type":"function","function":{"name":"get_time"}}])";

Choice only(const ReadRequest& read) {
  const Reply reply = composeReply(read.request);
  REQUIRE(reply.choices.size() == 1);
  return reply.choices[0];
}

Choice answer(std::string_view message, const std::string& more) {
  return only(userSays(message, more));
}

}  // namespace

TEST_SUITE("demo/reply") {
  TEST_CASE("a plain reply stops by itself and counts its tokens") {
    const auto read = userSays("hello");
    const Reply reply = composeReply(read.request);
    CHECK(reply.choices[0].finish_reason == "stop");
    CHECK(reply.completion_tokens == countTokens(reply.choices[0].content));
    CHECK(reply.prompt_tokens == read.request.prompt_tokens);
  }

  TEST_CASE("max_tokens cuts to exactly so many and says length") {
    const Choice choice = answer("hello", R"("max_tokens":5)");
    CHECK(choice.finish_reason == "length");
    CHECK(choice.tokens == 5);
    CHECK(countTokens(choice.content) == 5);
  }

  TEST_CASE("a limit that the reply just fits is no cut") {
    const uint64_t tokens = answer("hello", R"("n":1)").tokens;
    CHECK(answer("hello", "\"max_tokens\":" + std::to_string(tokens)).finish_reason == "stop");
    CHECK(answer("hello", "\"max_tokens\":" + std::to_string(tokens - 1)).finish_reason ==
          "length");
  }

  TEST_CASE("the first stop sequence ends the text before it") {
    const Choice choice = answer("hello", R"("stop":["hello","Penstock","never",""])");
    CHECK(choice.finish_reason == "stop");
    CHECK(choice.content.find("Penstock") == std::string::npos);
    CHECK_FALSE(choice.content.empty());
  }

  TEST_CASE("n choices differ and are summed") {
    const Reply reply = composeReply(userSays("hello", R"("n":3)").request);
    REQUIRE(reply.choices.size() == 3);
    CHECK(reply.choices[0].content != reply.choices[1].content);
    CHECK(reply.completion_tokens ==
          reply.choices[0].tokens + reply.choices[1].tokens + reply.choices[2].tokens);
  }

  TEST_CASE("required calls the first tool with arguments that fit its schema") {
    const Choice choice = answer("hello", std::string(kTools) + R"(,"tool_choice":"required")");
    CHECK(choice.finish_reason == "tool_calls");
    REQUIRE(choice.tool_calls.size() == 1);
    CHECK(choice.tool_calls[0].name == "get_weather");
    CHECK(choice.tool_calls[0].arguments == R"({"city":"demo city","unit":"c"})");
    CHECK(choice.tool_calls[0].id.starts_with("call_"));
  }

  TEST_CASE("a named tool is called even when another is mentioned") {
    const Choice choice =
        answer("use get_weather",
               std::string(kTools) +
                   R"(,"tool_choice":{"type":"function","function":{"name":"get_time"}})");
    REQUIRE(choice.tool_calls.size() == 1);
    CHECK(choice.tool_calls[0].name == "get_time");
    CHECK(choice.tool_calls[0].arguments == "{}");
  }

  TEST_CASE("tools on offer are called when the message mentions them, all of them") {
    CHECK(answer("hello", kTools).tool_calls.empty());
    CHECK(answer("please Get Time now", kTools).tool_calls.size() == 1);
    CHECK(answer("get_weather and get_time", kTools).tool_calls.size() == 2);
    CHECK(
        answer("get_weather and get_time", std::string(kTools) + R"(,"parallel_tool_calls":false)")
            .tool_calls.size() == 1);
    CHECK(answer("get_time", std::string(kTools) + R"(,"tool_choice":"none")").tool_calls.empty());
  }

  TEST_CASE("after a tool has answered the reply is text") {
    const auto read = ReadRequest(R"({"model":"demo-chat","messages":[
        {"role":"user","content":"get_time"},{"role":"tool","content":"noon"}],)" +
                                  std::string(kTools) + "}");
    CHECK(only(read).tool_calls.empty());
    CHECK(only(read).content.find("noon") != std::string::npos);
  }

  TEST_CASE("two calls of one reply have different ids") {
    const Choice choice = answer("get_weather and get_time", kTools);
    REQUIRE(choice.tool_calls.size() == 2);
    CHECK(choice.tool_calls[0].id != choice.tool_calls[1].id);
  }

  TEST_CASE("max_tokens cuts the arguments of a call too") {
    const Choice choice =
        answer("hello", std::string(kTools) + R"(,"tool_choice":"required","max_tokens":6)");
    CHECK(choice.finish_reason == "length");
    CHECK(choice.tokens == 6);
  }

  TEST_CASE("json_schema answers with an object of that schema") {
    const Choice choice = answer("x", R"("response_format":{"type":"json_schema","json_schema":{
        "name":"n","schema":{"type":"object","required":["ok"],"properties":{"ok":{"type":"boolean"}}}}})");
    CHECK(choice.content == R"({"ok":true})");
  }

  TEST_CASE("json_object answers with an object, and stop does not cut it") {
    const Choice choice =
        answer("x", R"("response_format":{"type":"json_object"},"stop":"Penstock")");
    const auto parsed = json::parse(choice.content);
    REQUIRE(parsed);
    CHECK(parsed->root().isObject());
  }
}

}  // namespace penstock::demo
