#include "proxy/judge.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace penstock::proxy;

namespace {

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_SUITE("proxy/judge") {
  TEST_CASE("a judge's choice is the first number that is one of the replies'") {
    CHECK(readChoice("2", 3) == 1);
    CHECK(readChoice("Reply 3.", 3) == 2);
    CHECK(readChoice("**1**", 1) == 0);
    CHECK(readChoice("Of 12 criteria, reply 2 meets most", 3) == 1);
    CHECK(readChoice("0 or 2", 2) == 1);
    CHECK(readChoice("99999999999999999999999, so 1", 2) == 0);
    CHECK_FALSE(readChoice("the second", 2));
    CHECK_FALSE(readChoice("4", 3));
    CHECK_FALSE(readChoice("", 3));
    CHECK_FALSE(readChoice("1", 0));
  }

  TEST_CASE("a judge's score is its first number, of one or of a hundred") {
    CHECK(readScore("0.85") == 0.85);
    CHECK(readScore("Score: 1") == 1);
    CHECK(readScore("0") == 0);
    CHECK(readScore("85/100") == 0.85);
    CHECK(readScore("100") == 1);
    CHECK(readScore("I give 0.5, not 0.9") == 0.5);
    CHECK_FALSE(readScore("101"));
    CHECK_FALSE(readScore("-0.5"));
    CHECK_FALSE(readScore("excellent"));
    CHECK_FALSE(readScore(""));
  }

  TEST_CASE("a judge is shown the request and every reply by its number") {
    const std::string text = questionWhichIsBest("Prefer short ones.", "What is 1+1?",
                                                 std::vector<std::string>{"2", "two"});
    CHECK(text.find("Judge by this: Prefer short ones.\n") != std::string::npos);
    CHECK(text.find("<request>\nWhat is 1+1?\n</request>") != std::string::npos);
    CHECK(text.find("<reply number=\"1\">\n2\n</reply>\n<reply number=\"2\">\ntwo\n</reply>") !=
          std::string::npos);
    CHECK(questionWhichIsBest("", "x", std::vector<std::string>{"y"}).find("Judge by this") ==
          std::string::npos);
    const std::string how_good = questionHowGood("What is 1+1?", "2");
    CHECK(how_good.find("<request>\nWhat is 1+1?\n</request>\n<reply>\n2\n</reply>") !=
          std::string::npos);
  }

  TEST_CASE("of a long request the end is shown, of a long reply the beginning") {
    const std::string request = std::string(40'000, 'r') + "the question";
    const std::string reply = "the answer" + std::string(40'000, 'a');
    for (const std::string& text :
         {questionWhichIsBest("", request, std::vector<std::string>{reply, reply}),
          questionHowGood(request, reply)}) {
      CHECK(text.find("the question\n</request>") != std::string::npos);
      CHECK(text.find(">\nthe answer") != std::string::npos);
      CHECK(text.size() < 40'000);
      CHECK(count(text, std::string(16'385, 'r')) == 0);
    }
  }
}
