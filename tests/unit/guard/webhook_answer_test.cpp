#include "guard/webhook_answer.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock::guard;
using Act = WebhookVerdict::Action;

TEST_SUITE("guard/webhook_answer") {
  TEST_CASE("a question names what it is about") {
    Question question{
        Phase::Input, "req_1", "proj_1", "@fast", {{"/messages/0/content", "hi \"you\""}}};
    CHECK(questionJson(question) ==
          R"({"phase":"input","request_id":"req_1","project":"proj_1","model":"@fast",)"
          R"("messages":[{"place":"/messages/0/content","text":"hi \"you\""}]})");
    question.phase = Phase::Output;
    CHECK(questionJson(question).find(R"("text":"hi \"you\"","messages")") != std::string::npos);
  }

  TEST_CASE("answers are taken as they are meant") {
    const auto block = parseAnswer(R"({"action":"block","reason":"politics","x":1})", 2);
    CHECK(block->action == Act::Block);
    CHECK(block->reason == "politics");
    CHECK(parseAnswer(R"({"action":"allow"})", 1)->action == Act::Allow);
    CHECK(parseAnswer(R"({"action":"flag","reason":"a\nb"})", 1)->reason.empty());
    CHECK(parseAnswer(R"({"action":"redact","replacement":"x"})", 1)->replacements.at(0) == "x");
    CHECK(parseAnswer(R"({"action":"redact","replacement":["x","y"]})", 2)->replacements.at(1) ==
          "y");
  }

  TEST_CASE("what is no answer is refused without quoting it") {
    for (const char* answer :
         {"", "ok", "[]", "{}", R"({"action":"maybe"})", R"({"action":"redact"})",
          R"({"action":1})", R"({"action":"redact","replacement":["x"]})",
          R"({"action":"redact","replacement":"x"})",
          R"({"action":"redact","replacement":["x",1]})", R"({"action":"allow"}x)"}) {
      const auto parsed = parseAnswer(answer, 2);
      REQUIRE_FALSE_MESSAGE(parsed, answer);
      CHECK(parsed.error().find("maybe") == std::string::npos);
    }
  }

  TEST_CASE("replacements go back to where the pieces were") {
    const std::string body =
        R"({"system":"s", "messages":[{"role":"user","content":[{"text":"a\n"},{"text":"b"}]}]})";
    const auto pieces = piecesOf(body, Phase::Input);
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[1].place == "/messages/0/content/0/text");
    CHECK(pieces[1].text == "a\n");
    CHECK(
        withReplacements(body, Phase::Input, {"s", "a\n", "B"}) ==
        R"({"system":"s", "messages":[{"role":"user","content":[{"text":"a\n"},{"text":"B"}]}]})");
    CHECK(withReplacements(body, Phase::Input, {"s", "a\n", "b"}) == body);
  }
}
