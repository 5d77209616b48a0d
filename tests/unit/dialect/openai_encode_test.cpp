#include "dialect/openai_encode.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

namespace {
std::string encoded(std::string_view text, StreamUsage usage = StreamUsage::Request) {
  const auto request = parseOpenAiChat(text);
  REQUIRE(request);
  return encodeOpenAiRequest(*request, "gpt-4o", usage).str();
}
}  // namespace

TEST_SUITE("dialect/openai_encode") {
  TEST_CASE("only the model, the extensions and the usage wish change") {
    struct Case {
      std::string in, out;
    };
    const std::vector<Case> cases = {
        {R"( { "model" : "@d" , "messages":[1], "x" : 1.0 } )",
         R"( { "model" : "gpt-4o" , "messages":[1], "x" : 1.0 } )"},
        {R"({"mlx:trace":true,"model":"@d","messages":[1],"mlx:tags":{"a":"b"}})",
         R"({"model":"gpt-4o","messages":[1]})"},
        {R"({"mod\u0065l":"@d","messages":[1],"ml\u0078:new":{"later":1}})",
         R"({"mod\u0065l":"gpt-4o","messages":[1]})"},
        {R"({"model":"@d","messages":[1],"stream":true})",
         R"({"model":"gpt-4o","messages":[1],"stream":true,"stream_options":{"include_usage":true}})"},
        {R"({"model":"@d","messages":[1],"stream":true,"stream_options":null,"z":1})",
         R"({"model":"gpt-4o","messages":[1],"stream":true,"stream_options":{"include_usage":true},"z":1})"},
        {R"({"model":"@d","stream_options":{ "include_usage" : false,"y":2 },"messages":[1],"stream":true})",
         R"({"model":"gpt-4o","stream_options":{ "include_usage" : true,"y":2 },"messages":[1],"stream":true})"},
        {R"({"model":"@d","stream_options":{"y":2},"messages":[1],"stream":true})",
         R"({"model":"gpt-4o","stream_options":{"y":2,"include_usage":true},"messages":[1],"stream":true})"},
        {R"({"model":"@d","stream_options":{"include_usage":true},"messages":[1],"stream":true})",
         R"({"model":"gpt-4o","stream_options":{"include_usage":true},"messages":[1],"stream":true})"},
        {R"({"model":"@d","messages":[1],"stream":false,"mlx:cache":{}})",
         R"({"model":"gpt-4o","messages":[1],"stream":false})"},
    };
    for (const Case& c : cases) CHECK(encoded(c.in) == c.out);
    CHECK(encoded(R"({"model":"@d","messages":[1],"stream":true})", StreamUsage::Leave) ==
          R"({"model":"gpt-4o","messages":[1],"stream":true})");
  }

  TEST_CASE("a model name is escaped") {
    const auto request = parseOpenAiChat(R"({"model":"m","messages":[1]})");
    CHECK(encodeOpenAiRequest(*request, "a\"b").str() == R"({"model":"a\"b","messages":[1]})");
  }

  TEST_CASE("a large body is forwarded as views into the caller's bytes") {
    const std::string text = R"({"model":"@d","messages":[{"role":"user","content":")" +
                             std::string(200'000, 'x') + "\"}]}";
    const auto request = parseOpenAiChat(text);
    REQUIRE(request);
    const auto body = encodeOpenAiRequest(*request, "gpt-4o");
    CHECK(body.pieces().size() == 3);
    CHECK(body.pieces()[2].data() == text.data() + 13);
  }
}
