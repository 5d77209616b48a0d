#include "dialect/openai_event_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string delta(const std::string& json, const std::string& finish = "null") {
  return R"(data: {"id":"c","model":"m","choices":[{"index":0,"delta":)" + json +
         R"(,"finish_reason":)" + finish + "}]}\n\n";
}

std::string shown(const ChatEvent& event) {
  return std::visit(
      Overloaded{[](const StartEvent& e) { return "start " + e.id + " " + e.model; },
                 [](const TextDelta& e) { return "text " + e.text; },
                 [](const RefusalDelta& e) { return "refusal " + e.text; },
                 [](const ThinkingDelta& e) { return "thinking " + e.text; },
                 [](const SignatureDelta& e) { return "signature " + e.signature; },
                 [](const RedactedThinkingEvent& e) { return "redacted " + e.data; },
                 [](const ToolStart& e) {
                   return "call " + std::to_string(e.call) + " " + e.id + " " + e.name;
                 },
                 [](const ArgumentsDelta& e) {
                   return "arguments " + std::to_string(e.call) + " " + e.fragment;
                 },
                 [](const FinishEvent& e) { return "finish " + e.stop.raw; },
                 [](const UsageEvent& e) { return "usage " + std::to_string(e.usage.input()); },
                 [](const TierEvent& e) { return "tier " + e.service_tier; },
                 [](const ErrorEvent& e) {
                   return "error " + std::to_string(e.status) + " " + e.error.message;
                 },
                 [](const LossEvent& e) { return "loss " + e.what; },
                 [](const PartEnd&) { return std::string("part end"); },
                 [](const PingEvent&) { return std::string("ping"); },
                 [](const EndEvent&) { return std::string("end"); }},
      event);
}

// What is read of a stream, but for its start.
std::vector<std::string> read(const std::string& bytes) {
  OpenAiEventReader reader;
  std::vector<ChatEvent> events;
  REQUIRE(reader.feed(bytes, events));
  reader.finish(events);
  std::vector<std::string> texts;
  for (const ChatEvent& event : events)
    if (!std::holds_alternative<StartEvent>(event)) texts.push_back(shown(event));
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("dialect/openai_event_reader") {
  TEST_CASE("a start comes once, with what names the answer") {
    OpenAiEventReader reader;
    std::vector<ChatEvent> events;
    REQUIRE(reader.feed(R"(data: {"id":"","model":"","choices":[],"prompt_filter_results":[]})"
                        "\n\n" +
                            delta(R"({"role":"assistant"})") + delta(R"({"role":"assistant"})"),
                        events));
    REQUIRE(events.size() == 1);
    CHECK(shown(events[0]) == "start c m");
  }

  TEST_CASE("empty and null members say nothing") {
    CHECK(read(delta(R"({"content":null,"tool_calls":[],"refusal":null,"reasoning":"","x":{}})"))
              .empty());
  }

  TEST_CASE("reasoning is read under its names, once where a server sends two") {
    CHECK(read(delta(R"({"reasoning_content":"a"})") + delta(R"({"reasoning":"b"})") +
               delta(R"({"reasoning":"c","reasoning_content":"c"})")) ==
          Texts{"thinking a", "thinking b", "thinking c"});
    CHECK(
        read(delta(
            R"({"thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"}]})")) ==
        Texts{"signature s", "redacted d"});
  }

  TEST_CASE("content may be parts") {
    CHECK(
        read(delta(
            R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"x"}]})")) ==
        Texts{"thinking t", "text x"});
  }

  TEST_CASE("calls are told apart however a server numbers them") {
    const auto call = [](const std::string& head, const std::string& id,
                         const std::string& function) {
      return delta(R"({"tool_calls":[{)" + head + (id.empty() ? "" : R"("id":")" + id + "\",") +
                   R"("function":)" + function + "}]}");
    };
    const std::string f = R"({"name":"f","arguments":"{}"})";
    const std::string more = R"({"arguments":"1"})";
    SUBCASE("by index") {
      CHECK(read(call(R"("index":1,)", "a", f) + call(R"("index":0,)", "b", f) +
                 call(R"("index":1,)", "", more)) ==
            Texts{"call 0 a f", "arguments 0 {}", "call 1 b f", "arguments 1 {}", "arguments 0 1"});
    }
    SUBCASE("by id alone") {
      CHECK(read(call("", "a", f) + call("", "", more) + call("", "b", f)) ==
            Texts{"call 0 a f", "arguments 0 {}", "arguments 0 1", "call 1 b f", "arguments 1 {}"});
    }
    SUBCASE("all under one index") {
      CHECK(read(call(R"("index":0,)", "a", f) + call(R"("index":0,)", "b", f)) ==
            Texts{"call 0 a f", "arguments 0 {}", "call 1 b f", "arguments 1 {}"});
    }
    SUBCASE("with ids that change") {
      CHECK(read(call(R"("index":0,)", "a", f) + call(R"("index":0,)", "z", more)) ==
            Texts{"call 0 a f", "arguments 0 {}", "arguments 0 1"});
    }
    SUBCASE("without ids, which get one at the end") {
      CHECK(read(call(R"("index":0,)", "", f) + delta("{}", R"("tool_calls")")) ==
            Texts{"call 0 call_c_0 f", "arguments 0 {}", "finish tool_calls"});
    }
    SUBCASE("with the name after the arguments") {
      CHECK(read(call(R"("index":0,)", "a", more) + call(R"("index":0,)", "", R"({"name":"f"})")) ==
            Texts{"call 0 a f", "arguments 0 1"});
    }
    SUBCASE("in the legacy form") {
      CHECK(read(delta(R"({"function_call":{"name":"f","arguments":"{"}})") +
                 delta(R"({"function_call":{"arguments":"}"}})") +
                 delta("{}", R"("function_call")")) ==
            Texts{"call 0 call_c_0 f", "arguments 0 {}", "finish function_call"});
    }
  }

  TEST_CASE("usage and errors are read wherever they are") {
    CHECK(read(R"(data: {"choices":[],"x_groq":{"usage":{"prompt_tokens":4}}})"
               "\n\n") == Texts{"usage 4"});
    CHECK(read("data: {\"error\":{\"message\":\"no\",\"code\":\"rate_limit_exceeded\"},"
               "\"choices\":[]}\n\n") == Texts{"error 429 no"});
    CHECK(read("event: error\ndata: {\"message\":\"no\"}\n\n") == Texts{"error 500 no"});
  }

  TEST_CASE("[DONE] ends, also without its blank line") {
    CHECK(read("data: [DONE]\n\n") == Texts{"end"});
    CHECK(read("data: [DONE]") == Texts{"end"});
    CHECK(read("data:[DONE] \n") == Texts{"end"});
  }

  TEST_CASE("other choices than the first are none of the answer's") {
    CHECK(read(R"(data: {"choices":[{"index":1,"delta":{"content":"x"}}]})"
               "\n\n")
              .empty());
  }
}
