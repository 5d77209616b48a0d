#include "dialect/responses_event_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "http/sse.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string event(std::string_view type, std::string_view members) {
  std::string bytes;
  http::appendSseEvent(bytes, type,
                       R"({"type":")" + std::string(type) + R"(")" + std::string(members) + "}");
  return bytes;
}

std::string shown(const ChatEvent& event) {
  return std::visit(
      Overloaded{[](const StartEvent& e) { return "start " + e.id + " " + e.model; },
                 [](const TextDelta& e) { return "text " + e.text; },
                 [](const RefusalDelta& e) { return "refusal " + e.text; },
                 [](const ThinkingDelta& e) { return "thinking " + e.text; },
                 [](const SignatureDelta& e) { return "signature " + e.signature; },
                 [](const ToolStart& e) { return "tool " + e.id + " " + e.name; },
                 [](const ArgumentsDelta& e) { return "arguments " + e.fragment; },
                 [](const PartEnd&) { return std::string("part end"); },
                 [](const FinishEvent& e) { return "finish " + e.stop.raw; },
                 [](const UsageEvent& e) { return "usage " + std::to_string(e.usage.output()); },
                 [](const PingEvent&) { return std::string("ping"); },
                 [](const EndEvent&) { return std::string("end"); },
                 [](const ErrorEvent& e) {
                   return "error " + e.error.message + " " + std::to_string(e.status);
                 },
                 [](const LossEvent& e) { return "lost " + e.what; },
                 [](const auto&) { return std::string("other"); }},
      event);
}

std::vector<std::string> read(const std::string& bytes) {
  ResponsesEventReader reader;
  std::vector<ChatEvent> events;
  REQUIRE(reader.feed(bytes, events));
  reader.finish(events);
  std::vector<std::string> all;
  all.reserve(events.size());
  for (const ChatEvent& event : events) all.push_back(shown(event));
  return all;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_SUITE("dialect/responses_event_reader") {
  TEST_CASE("what did not come in deltas is taken from where it comes whole") {
    const std::string added =
        event("response.output_item.added",
              R"(,"output_index":0,"item":{"type":"function_call","call_id":"c","name":"f"})");
    const Strings expected = {"tool c f", "arguments {\"a\"", "arguments :1}"};
    const std::string half = added + event("response.function_call_arguments.delta",
                                           R"(,"output_index":0,"delta":"{\"a\"")");
    CHECK(read(half + event("response.function_call_arguments.done",
                            R"(,"output_index":0,"arguments":"{\"a\":1}")")) == expected);
    CHECK(read(half + event("response.output_item.done",
                            R"(,"output_index":0,"item":{"type":"function_call","arguments":)"
                            R"("{\"a\":1}"})")) ==
          Strings{"tool c f", "arguments {\"a\"", "arguments :1}", "part end"});
  }

  TEST_CASE("the parts of a summary are paragraphs; the reasoning itself is not told twice") {
    const std::string added = event("response.output_item.added",
                                    R"(,"output_index":0,"item":{"type":"reasoning","id":"rs"})");
    const auto delta = [](std::string_view type, int part, std::string_view text) {
      return event(type, R"(,"output_index":0,"summary_index":)" + std::to_string(part) +
                             R"(,"delta":")" + std::string(text) + "\"");
    };
    const std::string done = event(
        "response.output_item.done",
        R"(,"output_index":0,"item":{"type":"reasoning","id":"rs","encrypted_content":"x",)"
        R"("summary":[{"type":"summary_text","text":"a"},{"type":"summary_text","text":"b"}],)"
        R"("content":[{"type":"reasoning_text","text":"raw"}]})");
    CHECK(read(added + delta("response.reasoning_summary_text.delta", 0, "a") +
               delta("response.reasoning_summary_text.delta", 1, "b") + done) ==
          Strings{"thinking a", "thinking \n\nb", "signature responses:rs:x", "part end"});
    CHECK(read(added + done) ==
          Strings{"thinking a", "thinking \n\nb", "signature responses:rs:x", "part end"});
    CHECK(read(added + delta("response.reasoning_text.delta", 0, "raw") + done) ==
          Strings{"thinking raw", "signature responses:rs:x", "part end"});
  }

  TEST_CASE("what is not known is named and breaks nothing") {
    CHECK(read(event("response.new.delta", R"(,"delta":"x")") + event("response.newer", "") +
               event("response.output_item.added", R"(,"item":{"type":"new_call"})") +
               event("response.output_text.delta", R"(,"output_index":7,"delta":"stray")") +
               event("keepalive", "") + "data: [DONE]\n\n") ==
          Strings{"lost response.new.delta", "lost response.newer", "lost new_call", "ping"});
    CHECK(read(event("response.incomplete",
                     R"(,"response":{"incomplete_details":{"reason":"newest"},"output":5})")) ==
          Strings{"start  ", "finish newest", "end"});
  }

  TEST_CASE("errors come in three forms") {
    const std::string flat = event("error", R"(,"code":"server_error","message":"a","param":null)");
    const std::string nested =
        event("error", R"(,"error":{"type":"tokens","code":"rate_limit_exceeded","message":"b"})");
    const std::string failed = event(
        "response.failed",
        R"(,"response":{"error":{"code":"invalid_prompt","message":"c"},"usage":{"output_tokens":3}})");
    CHECK(read(flat) == Strings{"error a 500"});
    CHECK(read(nested) == Strings{"error b 429"});
    CHECK(read(failed) == Strings{"start  ", "usage 3", "error c 400"});
  }

  TEST_CASE("what is no event of this dialect is garbage") {
    ResponsesEventReader reader;
    std::vector<ChatEvent> events;
    CHECK_FALSE(reader.feed("data: <html>\n\n", events));
  }
}
