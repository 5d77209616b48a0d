#include "dialect/gemini_event_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string written(const std::vector<ChatEvent>& events, GeminiFraming framing) {
  GeminiEventWriter writer({.id = "id", .model = "m", .framing = framing});
  writer.setTrace([] { return std::string("7"); });
  std::string out;
  for (const ChatEvent& event : events) writer.write(event, out);
  return out;
}

// The parts of every chunk of an array.
std::vector<std::string> partsOf(const std::string& array) {
  const auto document = json::parse(array);
  REQUIRE(document);
  std::vector<std::string> parts;
  for (const json::ValueRef chunk : document->root().elements())
    parts.push_back(chunk.find("candidates")->at(0).find("content")->find("parts")->text());
  return parts;
}

const std::vector<ChatEvent> kEvents = {
    StartEvent{"r1", "gemini-x"},
    ThinkingDelta{"hm"},
    SignatureDelta{"EqQB"},
    TextDelta{"Hi"},
    PingEvent{},
    ToolStart{.call = 1, .id = "c1", .name = "f"},
    ToolStart{
        .call = 2, .id = "c2", .name = "g", .kind = ToolKind::Function, .signature = "gemini:s"},
    ArgumentsDelta{1, "{\"a\""},
    ArgumentsDelta{2, "{}"},
    ArgumentsDelta{1, ":1}"},
    PartEnd{},
    FinishEvent{{.reason = Stop::Reason::ToolUse}},
    UsageEvent{{.input_uncached = 5, .output_text = 3, .source = model::Usage::Source::Provider}},
    EndEvent{}};

}  // namespace

TEST_SUITE("dialect/gemini_event_writer") {
  TEST_CASE("calls leave whole, at the end in one chunk") {
    const auto parts = partsOf(written(kEvents, GeminiFraming::Array));
    CHECK(parts ==
          std::vector<std::string>{
              R"([{"text":"hm","thought":true}])",
              R"([{"text":"","thought":true,"thoughtSignature":"Y2xhdWRlEqQB"}])",
              R"([{"text":"Hi"}])",
              R"([{"functionCall":{"id":"c1","name":"f","args":{"a":1}}},)"
              R"({"functionCall":{"id":"c2","name":"g","args":{}},"thoughtSignature":"s"}])",
              R"([{"text":""}])"});
  }

  TEST_CASE("text after whole calls follows them") {
    const auto parts =
        partsOf(written({ToolStart{.call = 1, .id = "c1", .name = "f"}, ArgumentsDelta{1, "{}"},
                         TextDelta{"Done."}, FinishEvent{}, EndEvent{}},
                        GeminiFraming::Array));
    REQUIRE(parts.size() == 3);
    CHECK(parts[0].find("functionCall") != std::string::npos);
    CHECK(parts[1] == R"([{"text":"Done."}])");
  }

  TEST_CASE("the last chunk tells the reason, the usage and the trace") {
    const std::string out = written(kEvents, GeminiFraming::Sse);
    const size_t last = out.rfind("data: ");
    CHECK(out.substr(last) ==
          "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},"
          "\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":5,"
          "\"candidatesTokenCount\":3,\"totalTokenCount\":8},\"mlx:trace\":7,"
          "\"modelVersion\":\"gemini-x\",\"responseId\":\"r1\"}\n\n");
  }

  TEST_CASE("a refusal in words, and the provider's word where Gemini's says less") {
    const std::string refused =
        written({RefusalDelta{"No."}, FinishEvent{}, EndEvent{}}, GeminiFraming::Sse);
    CHECK(refused.find(R"("finishReason":"SAFETY")") != std::string::npos);
    const std::string paused =
        written({TextDelta{"a"}, FinishEvent{stopOfAnthropic("pause_turn")}, EndEvent{}},
                GeminiFraming::Sse);
    CHECK(paused.find(R"("finishReason":"STOP","x_stop_reason":"pause_turn")") !=
          std::string::npos);
  }

  TEST_CASE("an error closes the array") {
    const ErrorEvent error{{"Down.", "overloaded_error", "", ""}, 529};
    const std::string out = written({TextDelta{"a"}, error}, GeminiFraming::Array);
    const auto document = json::parse(out);
    REQUIRE(document);
    CHECK(document->root().at(1).find("error")->stringAt("status") == "UNAVAILABLE");
  }
}
