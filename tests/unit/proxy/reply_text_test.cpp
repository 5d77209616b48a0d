#include "proxy/reply_text.h"

#include <doctest/doctest.h>

#include <string>

#include "dialect/openai_request.h"

using namespace penstock;
using namespace penstock::proxy;

namespace {

std::string bodyOf(const std::string& message) {
  return R"({"id":"1","choices":[{"index":0,"message":)" + message +
         R"(,"finish_reason":"stop"}],"usage":{"prompt_tokens":1}})";
}

dialect::OpenAiRequest requestWith(const std::string& text) {
  return dialect::parseOpenAiChat(text).value();
}
std::string asking(const std::string& format) {
  return R"({"model":"m","messages":[{"role":"user","content":"x"}],"response_format":)" + format +
         "}";
}

json::Schema schema(const char* text) { return json::Schema::compile(text).value(); }

}  // namespace

TEST_SUITE("proxy/reply_text") {
  TEST_CASE("a reply is its first choice's text") {
    CHECK(readReply(bodyOf(R"({"content":"Hi"})")).text == "Hi");
    CHECK(readReply(bodyOf(R"({"content":null})")).text.empty());
    CHECK(readReply(bodyOf("{}")).text.empty());
    CHECK(readReply(bodyOf(R"({"content":[{"type":"text","text":"a"},{"type":"x"},)"
                           R"({"type":"text","text":"b"}]})"))
              .text == "ab");
    CHECK(readReply(R"({"choices":[{"message":{"content":"one"}},{"message":{"content":"two"}}]})")
              .text == "one");
  }

  TEST_CASE("what is no answer says nothing") {
    for (const char* body : {"", "no JSON", "[]", "{}", R"({"choices":[]})", R"({"choices":{}})",
                             R"({"choices":[{}]})"}) {
      const ReplyText reply = readReply(body);
      CHECK(reply.text.empty());
      CHECK(reply.tool_calls.empty());
    }
  }

  TEST_CASE("tool calls are compared by name and arguments, not by id, order of keys or spaces") {
    const auto calls = [](const std::string& id, const std::string& arguments) {
      return readReply(bodyOf(R"({"content":null,"tool_calls":[{"id":")" + id +
                              R"(","function":{"name":"f","arguments":")" + arguments + R"("}}]})"))
          .tool_calls;
    };
    CHECK(calls("a", R"({\"x\":1,\"y\":[2]})") == R"(f({"x":1,"y":[2]}))");
    CHECK(calls("a", R"({\"x\":1,\"y\":[2]})") == calls("b", R"({ \"y\": [2], \"x\": 1 })"));
    CHECK(calls("a", R"({\"x\":1})") != calls("a", R"({\"x\":2})"));
    CHECK(calls("a", "no JSON") == "f(no JSON)");
  }

  TEST_CASE("canonical JSON has sorted keys and no spaces") {
    CHECK(canonicalJson(R"( { "b" : [ 1 , {"d":null,"c":true} ] , "a" : "x" } )") ==
          R"({"a":"x","b":[1,{"c":true,"d":null}]})");
    CHECK(canonicalJson("{}") == "{}");
    CHECK(canonicalJson("[]") == "[]");
    CHECK(canonicalJson("[{}]") == "[{}]");
    CHECK(canonicalJson("\"a\\\"b\"") == "\"a\\\"b\"");
    CHECK_FALSE(canonicalJson("{"));
    CHECK_FALSE(canonicalJson("Hi"));
  }

  TEST_CASE("another text takes the place of the first choice's, and nothing else changes") {
    CHECK(withContent(bodyOf(R"({"role":"assistant","content":"old"})"), "a \"new\" one") ==
          bodyOf(R"({"role":"assistant","content":"a \"new\" one"})"));
    const std::string two =
        R"({"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]})";
    CHECK(withContent(two, "c") ==
          R"({"choices":[{"message":{"content":"c"}},{"message":{"content":"b"}}]})");
    for (const char* body : {"", "no JSON", "{}", R"({"choices":[{"message":{}}]})",
                             R"({"choices":[{}]})", R"({"choices":[]})"}) {
      CHECK(withContent(body, "x") == body);
    }
  }

  TEST_CASE("any text will do for a request that asks for no format, but some there must be") {
    const auto request = requestWith(R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
    const ReplyFormat format(request);
    CHECK(format.accepts({"Hi", ""}));
    CHECK(format.accepts({"", "f({})"}));  // a call is an answer
    CHECK_FALSE(format.accepts({"", ""}));
    CHECK_FALSE(format.accepts({" \n\t", ""}));
  }

  TEST_CASE("JSON must be JSON, and hold the schema where there is one") {
    const std::string json_text = asking(R"({"type":"json_object"})");
    const auto json_request = requestWith(json_text);
    const ReplyFormat as_json(json_request);
    CHECK(as_json.accepts({R"({"a":1})", ""}));
    CHECK_FALSE(as_json.accepts({"Hi", ""}));
    const std::string schema_text =
        asking(R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object",)"
               R"("required":["a"],"properties":{"a":{"type":"integer"}}}}})");
    const auto schema_request = requestWith(schema_text);
    const ReplyFormat by_schema(schema_request);
    CHECK(by_schema.accepts({R"({"a":1})", ""}));
    CHECK_FALSE(by_schema.accepts({R"({"a":"1"})", ""}));
    CHECK_FALSE(by_schema.accepts({R"({"b":1})", ""}));
    CHECK_FALSE(by_schema.accepts({"Hi", ""}));
    // Of a schema that we cannot compile, that it is JSON remains.
    const std::string odd_text =
        asking(R"({"type":"json_schema","json_schema":{"schema":{"$ref":"#"}}})");
    const auto odd_request = requestWith(odd_text);
    const ReplyFormat odd(odd_request);
    CHECK(odd.accepts({R"({"b":1})", ""}));
    CHECK_FALSE(odd.accepts({"Hi", ""}));
  }

  TEST_CASE("a cascade's reply is accepted when everything that is wanted holds") {
    config::Acceptance accept;
    CHECK(meets(accept, {"", ""}));
    accept.min_length = 3;
    CHECK_FALSE(meets(accept, {"äö", ""}));  // characters, not bytes
    CHECK(meets(accept, {"äöü", ""}));
    accept.json_valid = true;
    CHECK_FALSE(meets(accept, {"{a}", ""}));
    CHECK(meets(accept, {"{\"a\":1}", ""}));
    accept.json_schema = schema(R"({"required":["b"]})");
    CHECK_FALSE(meets(accept, {"{\"a\":1}", ""}));
    CHECK(meets(accept, {"{\"b\":1}", ""}));
    accept.regex = rules::Pattern::compile("[0-9]").value();
    CHECK(meets(accept, {"{\"b\":1}", ""}));
    CHECK_FALSE(meets(accept, {"{\"b\":\"x\"}", ""}));
    accept.not_regex = rules::Pattern::compile("sorry").value();
    CHECK_FALSE(meets(accept, {"{\"b\":\"1 sorry\"}", ""}));
  }
}
