#include "demo/chat_body.h"

#include <vector>

#include "unit/demo/support.h"

namespace penstock::demo {
namespace {

const ChatHead kHead{.id = "chatcmpl-1", .created = 7, .model = "demo-chat"};

// The data of every event, checked for its framing.
std::vector<std::string> eventsOf(const ReadRequest& read, UsageReport usage) {
  std::vector<std::string> events;
  std::string event;
  const auto source = chatEvents(kHead, composeReply(read.request), usage);
  while (source->next(event)) {
    REQUIRE(event.starts_with("data: "));
    REQUIRE(event.ends_with("\n\n"));
    events.push_back(event.substr(6, event.size() - 8));
  }
  return events;
}

json::ValueRef firstChoice(const json::Document& chunk) {
  return chunk.root().find("choices")->at(0);
}

}  // namespace

TEST_SUITE("demo/chat_body") {
  TEST_CASE("a body has choices and a usage that adds up") {
    const auto read = userSays("hello");
    const auto body = json::parse(chatBody(kHead, composeReply(read.request), UsageReport::Sent));
    REQUIRE(body);
    const auto root = body->root();
    CHECK(root.stringAt("object") == "chat.completion");
    CHECK(root.stringAt("id") == "chatcmpl-1");
    CHECK(firstChoice(*body).find("message")->stringAt("role") == "assistant");
    const auto usage = *root.find("usage");
    CHECK(*usage.intAt("total_tokens") ==
          *usage.intAt("prompt_tokens") + *usage.intAt("completion_tokens"));
  }

  TEST_CASE("usage can be withheld") {
    const auto read = userSays("hello");
    const auto body = json::parse(chatBody(kHead, composeReply(read.request), UsageReport::None));
    CHECK_FALSE(body->root().find("usage"));
  }

  TEST_CASE("the chunks assemble to the text of the body") {
    const auto read = userSays("hello \\u00e9");
    const auto events = eventsOf(read, UsageReport::None);
    CHECK(events.back() == "[DONE]");
    std::string text;
    for (size_t i = 0; i + 1 < events.size(); ++i) {
      const auto chunk = json::parse(events[i]);
      REQUIRE(chunk);
      CHECK(chunk->root().stringAt("object") == "chat.completion.chunk");
      REQUIRE(chunk->root().find("choices")->size() == 1);
      text += firstChoice(*chunk).find("delta")->stringAt("content").value_or("");
    }
    CHECK(text == composeReply(read.request).choices[0].content);
    CHECK(firstChoice(*json::parse(events[0])).find("delta")->stringAt("role") == "assistant");
    CHECK(firstChoice(*json::parse(events[events.size() - 2])).stringAt("finish_reason") == "stop");
  }

  TEST_CASE("there is one content chunk a token") {
    CHECK(eventsOf(userSays("hello", R"("max_tokens":5)"), UsageReport::None).size() == 5 + 3);
  }

  TEST_CASE("a usage report is one more chunk, last and without choices") {
    const auto events = eventsOf(userSays("hello"), UsageReport::Sent);
    const auto last = json::parse(events[events.size() - 2]);
    CHECK(last->root().find("choices")->size() == 0);
    CHECK(last->root().find("usage")->intAt("completion_tokens") ==
          static_cast<int64_t>(events.size()) - 4);
    CHECK(json::parse(events[0])->root().find("usage")->isNull());
  }

  TEST_CASE("tool calls start with id and name, then the arguments in several pieces") {
    const auto events =
        eventsOf(userSays("x", R"("tool_choice":"required","tools":[{"type":"function","function":{
            "name":"f","parameters":{"type":"object","required":["a"]}}}])"),
                 UsageReport::None);
    std::string arguments;
    size_t pieces = 0;
    for (size_t i = 1; i + 2 < events.size(); ++i) {
      const auto chunk = json::parse(events[i]);
      const auto call = firstChoice(*chunk).find("delta")->find("tool_calls")->at(0);
      CHECK(call.intAt("index") == 0);
      if (i == 1) CHECK(call.find("function")->stringAt("name") == "f");
      CHECK(call.find("id").has_value() == (i == 1));
      arguments += *call.find("function")->stringAt("arguments");
      ++pieces;
    }
    CHECK(pieces > 3);
    CHECK(arguments == R"({"a":"demo a"})");
  }

  TEST_CASE("several choices come one after the other with their index") {
    const auto events = eventsOf(userSays("x", R"("n":2,"max_tokens":2)"), UsageReport::None);
    REQUIRE(events.size() == 2 * 4 + 1);
    CHECK(firstChoice(*json::parse(events[3])).intAt("index") == 0);
    CHECK(firstChoice(*json::parse(events[4])).intAt("index") == 1);
  }
}

}  // namespace penstock::demo
