#include "dialect/anthropic_event_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "http/sse.h"
#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

using Texts = std::vector<std::string>;

// The blocks of what is written, each with its index, kind and content.
Texts blocks(const std::vector<ChatEvent>& events) {
  AnthropicEventWriter writer({.id = "msg_1", .model = "m"});
  std::string out;
  for (const ChatEvent& event : events) writer.write(event, out);
  Texts texts;
  int64_t open = -1;
  const auto each = [&](const http::SseEvent& event) {
    const auto document = json::parse(event.data);
    REQUIRE(document);
    const auto root = document->root();
    CHECK(root.stringAt("type") == event.name);
    const int64_t index = root.intAt("index").value_or(-1);
    if (event.name == "content_block_start") {
      CHECK(open == -1);  // one at a time
      CHECK(index == static_cast<int64_t>(texts.size()));
      open = index;
      const auto block = *root.find("content_block");
      texts.push_back(std::string(*block.stringAt("type")));
      if (const auto name = block.stringAt("name")) texts.back() += " " + std::string(*name);
      texts.back() += ":";
    } else if (event.name == "content_block_delta") {
      CHECK(index == open);
      const auto delta = *root.find("delta");
      for (const char* key : {"text", "thinking", "partial_json"})
        if (const auto text = delta.stringAt(key)) texts.back() += std::string(*text);
      if (const auto signature = delta.stringAt("signature"))
        texts.back() += "|" + std::string(*signature);
    } else if (event.name == "content_block_stop") {
      CHECK(index == open);
      open = -1;
    }
  };
  http::SseLexer lexer;
  REQUIRE(lexer.feed(out, each));
  CHECK(open == -1);
  return texts;
}

}  // namespace

TEST_SUITE("dialect/anthropic_event_writer") {
  TEST_CASE("each kind of content gets a block of its own") {
    CHECK(blocks({ThinkingDelta{"a"}, ThinkingDelta{"b"}, TextDelta{"c"}, TextDelta{"d"},
                  RefusalDelta{"e"}, EndEvent{}}) == Texts{"thinking:ab", "text:cde"});
  }

  TEST_CASE("thinking after its signature is another block") {
    CHECK(blocks({ThinkingDelta{"a"}, SignatureDelta{"s"}, ThinkingDelta{"b"}, SignatureDelta{"t"},
                  RedactedThinkingEvent{"x"}, SignatureDelta{"alone"}, EndEvent{}}) ==
          Texts{"thinking:a|s", "thinking:b|t", "redacted_thinking:", "thinking:|alone"});
  }

  TEST_CASE("interleaved calls follow each other whole") {
    CHECK(blocks({ToolStart{0, "a", "f"}, ToolStart{1, "b", "g"}, ArgumentsDelta{1, "{\"x\""},
                  ArgumentsDelta{0, "{"}, ArgumentsDelta{1, ":1}"}, ArgumentsDelta{0, "}"},
                  ToolStart{2, "c", "h"}, ArgumentsDelta{2, "{}"}, EndEvent{}}) ==
          Texts{"tool_use f:{}", "tool_use g:{\"x\":1}", "tool_use h:{}"});
  }

  TEST_CASE("text that comes amid a call's arguments waits for them") {
    CHECK(blocks({ToolStart{0, "a", "f"}, ArgumentsDelta{0, "{\"x\":"}, TextDelta{"so"},
                  TextDelta{" it"}, ArgumentsDelta{0, "1}"}, TextDelta{" is"}, EndEvent{}}) ==
          Texts{"tool_use f:{\"x\":1}", "text:so it is"});
  }

  TEST_CASE("calls that never become whole are told as far as they came") {
    CHECK(blocks({ToolStart{0, "a", "f"}, ToolStart{1, "b", "g"}, ArgumentsDelta{1, "{\"x"},
                  EndEvent{}}) == Texts{"tool_use f:", "tool_use g:{\"x"});
  }

  TEST_CASE("the end of a part ends its block") {
    CHECK(blocks({TextDelta{"a"}, PartEnd{}, TextDelta{"b"}, PartEnd{}, PartEnd{}, EndEvent{}}) ==
          Texts{"text:a", "text:b"});
  }

  TEST_CASE("an answer of nothing still begins and ends") {
    AnthropicEventWriter writer({.id = "msg_1", .model = "m", .input_estimate = 3});
    std::string out;
    writer.write(FinishEvent{{.reason = Stop::Reason::MaxTokens}}, out);
    CHECK(out.empty());
    writer.write(EndEvent{}, out);
    CHECK(out.find(R"("id":"msg_1")") != std::string::npos);
    CHECK(out.find(R"("input_tokens":3)") != std::string::npos);
    CHECK(out.find(R"("stop_reason":"max_tokens")") != std::string::npos);
    CHECK(out.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
  }
}
