#include "demo/chat_messages.h"

#include "demo/tokenizer.h"
#include "unit/demo/support.h"

namespace penstock::demo {

TEST_SUITE("demo/chat_messages") {
  TEST_CASE("prompt tokens are four a message, its text, and three for the reply") {
    CHECK(userSays("Hello from Penstock!").request.prompt_tokens == 4 + 4 + 3);
  }

  TEST_CASE("images, names and tools count too") {
    const auto plain = userSays("look").request.prompt_tokens;
    const auto seen = ReadRequest(R"({"model":"demo-chat","messages":[{"role":"user","name":"ann",
        "content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:x"}},
                   {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]})");
    CHECK(seen.request.images == 2);
    CHECK(seen.request.prompt_tokens == plain + 1 + 2 * 85);
    const std::string_view tools = R"([{"type":"function","function":{"name":"f"}}])";
    CHECK(userSays("look", "\"tools\":" + std::string(tools)).request.prompt_tokens ==
          plain + countTokens(tools));
  }

  TEST_CASE("text parts are joined and unknown parts ignored") {
    const auto read = ReadRequest(R"({"model":"demo-chat","messages":[{"role":"user","content":[
        {"type":"text","text":"one"},{"type":"hologram","data":1},{"type":"text","text":"two"}]}]})");
    CHECK(read.request.last_user == "one two");
  }

  TEST_CASE("a tool result counts only at the very end") {
    const std::string start = R"({"model":"demo-chat","messages":[{"role":"user","content":"q"},
        {"role":"assistant","content":null,"tool_calls":[]},
        {"role":"tool","tool_call_id":"1","content":"sunny"})";
    CHECK(ReadRequest(start + "]}").request.tool_result == "sunny");
    CHECK(ReadRequest(start + R"(,{"role":"tool","content":"warm"}]})").request.tool_result ==
          "sunny; warm");
    const auto later = ReadRequest(start + R"(,{"role":"user","content":"more"}]})");
    CHECK(later.request.tool_result.empty());
    CHECK(later.request.last_user == "more");
  }

  TEST_CASE("different conversations have different hashes") {
    CHECK(userSays("a").request.prompt_hash != userSays("b").request.prompt_hash);
    CHECK(userSays("a").request.prompt_hash == userSays("a").request.prompt_hash);
  }
}

}  // namespace penstock::demo
