#include "dialect/responses_event_writer.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "dialect/responses_event_reader.h"
#include "http/sse.h"
#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string written(const std::vector<ChatEvent>& events) {
  ResponsesEventWriter writer({.id = "resp_1", .created = 5, .model = "m"});
  std::string out;
  for (const ChatEvent& event : events) writer.write(event, out);
  return out;
}

struct Sent {
  std::string type;
  json::Document data;
};

std::vector<Sent> parsed(const std::string& bytes) {
  std::vector<Sent> all;
  http::SseLexer lexer;
  const bool valid = lexer.feed(bytes, [&all](const http::SseEvent& event) {
    if (event.data.empty()) return;
    auto data = json::parse(event.data);
    REQUIRE(data);
    CHECK(data->root().stringAt("type") == event.name);
    all.push_back({std::string(event.name), std::move(*data)});
  });
  REQUIRE(valid);
  return all;
}

std::string types(const std::string& bytes) {
  std::string text;
  for (const Sent& sent : parsed(bytes)) {
    std::string_view type = sent.type;
    if (type.starts_with("response.")) type.remove_prefix(9);
    text += (text.empty() ? "" : " ") + std::string(type);
  }
  return text;
}

// What the official client insists on: numbers that rise, an item added once, with an id that never
// changes, before anything is said of it, and done once.
void checkOrder(const std::string& bytes) {
  int64_t sequence = 0;
  std::map<int64_t, std::string> ids;
  std::map<int64_t, bool> done;
  for (const Sent& sent : parsed(bytes)) {
    const json::ValueRef root = sent.data.root();
    CHECK(root.intAt("sequence_number") == sequence++);
    const auto place = root.intAt("output_index");
    if (!place) continue;
    const auto item = root.find("item");
    const std::string id(item ? item->stringAt("id").value_or("")
                              : root.stringAt("item_id").value_or(""));
    if (sent.type == "response.output_item.added") {
      CHECK(ids.size() == static_cast<size_t>(*place));
      CHECK(ids.emplace(*place, id).second);
    }
    CHECK(ids[*place] == id);
    CHECK_FALSE(done[*place]);
    if (sent.type == "response.output_item.done") done[*place] = true;
  }
  for (const auto& [place, is_done] : done) CHECK(is_done);
}

const Stop kTools{.reason = Stop::Reason::ToolUse};
const Stop kLength{.reason = Stop::Reason::MaxTokens};

}  // namespace

TEST_SUITE("dialect/responses_event_writer") {
  TEST_CASE("an answer is told item by item") {
    const std::string out =
        written({StartEvent{"chatcmpl-9", "gpt"}, ThinkingDelta{"Hm"}, SignatureDelta{"s"},
                 TextDelta{"a"}, TextDelta{"b"}, ToolStart{0, "c0", "f"}, ArgumentsDelta{0, "{}"},
                 PartEnd{}, FinishEvent{kTools}, EndEvent{}});
    checkOrder(out);
    CHECK(types(out) ==
          "created in_progress output_item.added reasoning_summary_part.added "
          "reasoning_summary_text.delta reasoning_summary_text.done reasoning_summary_part.done "
          "output_item.done output_item.added content_part.added output_text.delta "
          "output_text.delta output_text.done content_part.done output_item.done output_item.added "
          "function_call_arguments.delta function_call_arguments.done output_item.done completed");
    const auto last = parsed(out).back().data.root().find("response")->text();
    CHECK(last.find(R"("id":"resp_9")") != std::string::npos);
    CHECK(last.find(R"("encrypted_content":"penstock:thinking:s")") != std::string::npos);
    CHECK(last.find(R"("status":"completed","call_id":"c0","name":"f","arguments":"{}")") !=
          std::string::npos);
  }

  TEST_CASE("the response that ends a stream is kept when told so, without the trace") {
    ResponsesEventWriter writer({.id = "resp_1", .created = 5, .model = "m"});
    writer.keepResponse();
    writer.setTrace([] { return "{}"; });
    std::string out;
    writer.write(StartEvent{"1", "gpt"}, out);
    writer.write(TextDelta{"a"}, out);
    writer.write(FinishEvent{}, out);
    CHECK(writer.takeResponse().empty());
    writer.write(EndEvent{}, out);
    auto last = parsed(out).back().data.root().find("response")->text();
    CHECK(last.find(R"(,"mlx:trace":{})") != std::string::npos);
    last.erase(last.find(R"(,"mlx:trace":{})"), 15);
    const auto kept = json::parse(writer.takeResponse());
    REQUIRE(kept);
    CHECK(kept->root().text() == last);
    CHECK(writer.takeResponse().empty());
  }

  TEST_CASE("a response has our id where providers' are not to be shown") {
    for (const auto ids : {ResponsesHead::Ids::Ours, ResponsesHead::Ids::Providers}) {
      ResponsesEventWriter writer({.id = "resp_ours", .ids = ids});
      std::string out;
      writer.write(StartEvent{"chatcmpl-9", "gpt"}, out);
      writer.write(TextDelta{"a"}, out);
      const bool ours = ids == ResponsesHead::Ids::Ours;
      CHECK(out.find(ours ? R"("id":"resp_ours")" : R"("id":"resp_9")") != std::string::npos);
      CHECK(out.find(ours ? R"("item_id":"msg_ours_0")" : R"("item_id":"msg_9_0")") !=
            std::string::npos);
    }
  }

  TEST_CASE("parallel calls that interleave stay apart") {
    const std::string out =
        written({ToolStart{0, "c0", "f"}, ArgumentsDelta{0, "{\"a\""}, ToolStart{1, "c1", "g"},
                 ArgumentsDelta{1, "{"}, ArgumentsDelta{0, ":1}"}, ArgumentsDelta{1, "}"},
                 TextDelta{"so"}, FinishEvent{kTools}, EndEvent{}});
    checkOrder(out);
    const auto last = parsed(out).back().data.root().find("response")->text();
    CHECK(last.find(R"("arguments":"{\"a\":1}")") != std::string::npos);
    CHECK(last.find(R"("name":"g","arguments":"{}")") != std::string::npos);
  }

  TEST_CASE("a call without arguments has an empty object") {
    const std::string out =
        written({ToolStart{0, "c0", "f"}, PartEnd{}, FinishEvent{kTools}, EndEvent{}});
    CHECK(out.find(R"("arguments":"{}")") != std::string::npos);
  }

  TEST_CASE("what the limit cut is incomplete in all events that tell of it") {
    for (const auto& cut : std::vector<std::vector<ChatEvent>>{
             {TextDelta{"a"}, PartEnd{}},
             {ToolStart{0, "c", "f"}, ArgumentsDelta{0, "{"}, PartEnd{}}}) {
      std::vector<ChatEvent> events = cut;
      events.emplace_back(FinishEvent{kLength});
      events.emplace_back(EndEvent{});
      const std::string out = written(events);
      checkOrder(out);
      const std::vector<Sent> all = parsed(out);
      CHECK(all.back().type == "response.incomplete");
      CHECK(all.back().data.root().text().find(R"("reason":"max_output_tokens")") !=
            std::string::npos);
      CHECK(all[all.size() - 2].data.root().find("item")->stringAt("status") == "incomplete");
      CHECK(all.back().data.root().find("response")->find("output")->at(0).stringAt("status") ==
            "incomplete");
    }
  }

  TEST_CASE("an error is told as an event and as a failed response with what had come") {
    const std::string out =
        written({TextDelta{"a"},
                 ErrorEvent{{"Slow down.", "rate_limit_error", "rate_limit_exceeded", ""}, 429}});
    const std::vector<Sent> all = parsed(out);
    CHECK(all[all.size() - 2].data.root().text() ==
          R"({"type":"error","code":"rate_limit_exceeded","message":"Slow down.","param":null,)"
          R"("sequence_number":5})");
    const std::string failed = all.back().data.root().text();
    CHECK(all.back().type == "response.failed");
    CHECK(failed.find(R"("error":{"code":"rate_limit_exceeded","message":"Slow down."})") !=
          std::string::npos);
    CHECK(failed.find(R"("status":"incomplete","role":"assistant")") != std::string::npos);
  }

  TEST_CASE("text and refusal are parts of one message, blocks of text parts of their own") {
    const std::string out = written({TextDelta{"a"}, PartEnd{}, TextDelta{"b"}, RefusalDelta{"no"},
                                     FinishEvent{{.reason = Stop::Reason::EndTurn}}, EndEvent{}});
    checkOrder(out);
    const std::vector<Sent> all = parsed(out);
    const json::ValueRef output = *all.back().data.root().find("response")->find("output");
    CHECK(output.size() == 1);
    CHECK(output.at(0).find("content")->size() == 3);
  }

  TEST_CASE("what is written is read as the events that it was written of") {
    const std::vector<ChatEvent> events = {ThinkingDelta{"Hm"},
                                           SignatureDelta{"responses:rs_0:x"},
                                           TextDelta{"a"},
                                           RefusalDelta{"no"},
                                           ToolStart{0, "c0", "f"},
                                           ArgumentsDelta{0, "{\"a\":1}"},
                                           ToolStart{1, "c1", "run", ToolKind::Custom},
                                           ArgumentsDelta{1, "print"},
                                           FinishEvent{kTools},
                                           EndEvent{}};
    ResponsesEventReader reader;
    std::vector<ChatEvent> back;
    REQUIRE(reader.feed(written(events), back));
    std::string said;
    for (const ChatEvent& event : back)
      std::visit(
          Overloaded{[&](const ThinkingDelta& e) { said += "[" + e.text + "]"; },
                     [&](const SignatureDelta& e) { said += "<" + e.signature + ">"; },
                     [&](const TextDelta& e) { said += e.text; },
                     [&](const RefusalDelta& e) { said += "!" + e.text; },
                     [&](const ToolStart& e) {
                       said += " " + e.id + e.name;
                       if (e.kind == ToolKind::Custom) said += "*";
                     },
                     [&](const ArgumentsDelta& e) { said += "(" + e.fragment + ")"; },
                     [&](const FinishEvent& e) {
                       said += e.stop.reason == Stop::Reason::ToolUse ? " tools" : " ?";
                     },
                     [&](const LossEvent& e) { said += "LOST " + e.what; }, [](const auto&) {}},
          event);
    CHECK(said == "[Hm]<responses:rs_1_0:x>a!no c0f({\"a\":1}) c1run*(print) tools");
  }
}
