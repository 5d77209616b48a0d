#include "guard/event_guard.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/guard/support.h"

using namespace penstock;
using namespace penstock::guard;
using namespace penstock::dialect;
using penstock::test::policyOf;

namespace {

// What passes, a word an event: "text:…", "call0:…", "tool", "end".
std::vector<std::string> words(const std::vector<ChatEvent>& events) {
  std::vector<std::string> said;
  for (const ChatEvent& event : events) {
    std::visit(
        Overloaded{[&](const TextDelta& delta) { said.push_back("text:" + delta.text); },
                   [&](const ThinkingDelta& delta) { said.push_back("think:" + delta.text); },
                   [&](const ArgumentsDelta& delta) {
                     said.push_back("call" + std::to_string(delta.call) + ":" + delta.fragment);
                   },
                   [&](const ToolStart&) { said.push_back("tool"); },
                   [&](const FinishEvent&) { said.push_back("finish"); },
                   [&](const UsageEvent&) { said.push_back("usage"); },
                   [&](const auto&) { said.push_back("?"); }},
        event);
  }
  return said;
}

struct Stream {
  Findings findings;
  EventGuard guard;
  std::vector<ChatEvent> out;

  explicit Stream(const std::string& rules) : guard(policyOf(rules), findings) {}

  std::vector<std::string> pass(const ChatEvent& event) {
    out.clear();
    guard.pass(event, out);
    return words(out);
  }
};

using Words = std::vector<std::string>;

constexpr const char* kRedactPii =
    R"([{"name":"pii","kind":"pii","where":"output","action":"redact"}])";

}  // namespace

TEST_SUITE("guard/event_guard") {
  TEST_CASE("prose passes at once, what might become a match waits, and goes before what ends it") {
    Stream stream(kRedactPii);
    CHECK(stream.pass(TextDelta{"Write to "}) == Words{"text:Write to "});
    CHECK(stream.pass(TextDelta{"ann@exam"}).empty());
    CHECK(stream.pass(UsageEvent{}) == Words{"usage"});  // nothing waits for a text
    CHECK(stream.pass(TextDelta{"ple.com, now. "}) == Words{"text:[REDACTED:EMAIL], now. "});
    CHECK(stream.pass(TextDelta{"Or bob@exam"}) == Words{"text:Or "});
    CHECK(stream.pass(FinishEvent{}) == Words{"text:bob@exam", "finish"});
    CHECK(stream.findings.all().size() == 1);
    CHECK(stream.findings.all().front().place == "/text");
  }

  TEST_CASE("thinking, texts and the arguments of calls that interleave are texts of their own") {
    Stream stream(kRedactPii);
    CHECK(stream.pass(ThinkingDelta{"ann@exam"}).empty());
    CHECK(stream.pass(TextDelta{"ple.com"}) == Words{"think:ann@exam"});
    CHECK(stream.pass(ToolStart{.call = 0, .id = "a", .name = "f"}) ==
          Words{"text:ple.com", "tool"});
    CHECK(stream.pass(ToolStart{.call = 1, .id = "b", .name = "g"}) == Words{"tool"});
    CHECK(stream.pass(ArgumentsDelta{0, R"({"to":"ann@)"}) == Words{R"(call0:{"to":")"});
    CHECK(stream.pass(ArgumentsDelta{1, "{}"}) == Words{"call1:{}"});
    CHECK(stream.pass(ArgumentsDelta{0, R"(example.com"})"}) ==
          Words{R"(call0:[REDACTED:EMAIL]"})"});
    CHECK(stream.pass(FinishEvent{}) == Words{"finish"});
  }

  TEST_CASE("what blocks ends the stream: nothing of it passes, nor anything after it") {
    Stream stream(
        R"([{"name":"never","kind":"keywords","where":"output","action":"block","keywords":["zanzibar"]}])");
    CHECK(stream.pass(TextDelta{"to Zanzi"}) == Words{"text:to "});
    CHECK(stream.pass(TextDelta{"bar we go"}).empty());
    REQUIRE(stream.guard.refusal());
    CHECK(stream.guard.refusal()->code == "blocked_by_guardrail");
    CHECK(stream.pass(FinishEvent{}).empty());
    stream.guard.finish(stream.out);
    CHECK(stream.out.empty());
  }

  TEST_CASE("what blocks where its text ends holds back the event that ended it") {
    Stream stream(
        R"([{"name":"never","kind":"keywords","where":"output","action":"block","keywords":["go"]}])");
    CHECK(stream.pass(TextDelta{"we go"}) == Words{"text:we "});
    CHECK(stream.pass(FinishEvent{}).empty());
    CHECK(stream.guard.refusal());
  }
}
