#include "proxy/reply_vote.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace penstock::proxy;

namespace {

std::vector<Ballot> ballots(const std::vector<std::pair<std::string, double>>& replies) {
  std::vector<Ballot> made;
  for (const auto& [text, weight] : replies) made.push_back({{text, ""}, weight});
  return made;
}

Vote vote(const std::vector<std::pair<std::string, double>>& replies) {
  return countVotes(ballots(replies));
}

// "-": there is none.
std::string average(const std::vector<std::pair<std::string, double>>& replies) {
  return averageOf(ballots(replies)).value_or("-");
}

}  // namespace

TEST_SUITE("proxy/reply_vote") {
  TEST_CASE("replies are equal but for case, space around them, and how JSON is written") {
    CHECK(normalised({" Yes\n", ""}) == normalised({"yes", ""}));
    CHECK(normalised({R"({"a":1,"b":2})", ""}) == normalised({"{ \"b\": 2, \"a\": 1 }", ""}));
    CHECK(normalised({R"({"a":"X"})", ""}) != normalised({R"({"a":"x"})", ""}));
    CHECK(normalised({"yes", ""}) != normalised({"yes", "f({})"}));
    CHECK(normalised({"", ""}).empty());
  }

  TEST_CASE("the most weight wins, and of equals the one that is listed first") {
    CHECK(vote({{"a", 1}}).winner == 0);
    const Vote two = vote({{"no", 1}, {"Yes", 1}, {"yes ", 1}});
    CHECK(two.winner == 1);  // as its first member wrote it
    CHECK(two.agreed == 2);
    const Vote heavy = vote({{"no", 3}, {"yes", 1}, {"yes", 1}});
    CHECK(heavy.winner == 0);
    CHECK(heavy.agreed == 1);
    CHECK(vote({{"b", 1}, {"a", 1}}).winner == 0);
    CHECK(vote({{"b", 0}, {"a", 0}}).winner == 0);
    CHECK(vote({{"b", 0.1}, {"a", 0.2}}).winner == 1);
  }

  TEST_CASE("numbers are averaged by weight") {
    CHECK(average({{"10", 1}, {"20", 1}}) == "15");
    CHECK(average({{"10", 3}, {" 20\n", 1}}) == "12.5");
    CHECK(average({{"-1", 1}, {"2", 1}}) == "0.5");
    CHECK(average({{"1e2", 1}}) == "100");
    CHECK(average({{"7", 0}, {"9", 2}}) == "9");
  }

  TEST_CASE("objects of one shape are averaged leaf by leaf") {
    CHECK(average({{R"({"a":1,"b":{"c":[1,2]}})", 1}, {R"({"b":{"c":[3,4]},"a":2})", 1}}) ==
          R"({"a":1.5,"b":{"c":[2,3]}})");
    CHECK(average({{"{}", 1}, {"{}", 1}}) == "{}");
  }

  TEST_CASE("what has no mean has none") {
    CHECK(average({{"10", 1}, {"ten", 1}}) == "-");
    CHECK(average({{"\"10\"", 1}}) == "-");
    CHECK(average({{"[1]", 1}, {"[2]", 1}}) == "-");  // neither number nor object
    CHECK(average({{R"({"a":1})", 1}, {R"({"b":1})", 1}}) == "-");
    CHECK(average({{R"({"a":1})", 1}, {R"({"a":1,"b":2})", 1}}) == "-");
    CHECK(average({{R"({"a":[1,2]})", 1}, {R"({"a":[1]})", 1}}) == "-");
    CHECK(average({{R"({"a":1})", 1}, {"1", 1}}) == "-");
    CHECK(average({{R"({"a":null})", 1}}) == "-");
    CHECK(average({{"1", 0}, {"2", 0}}) == "-");
    CHECK(average({{"", 1}}) == "-");
    CHECK(average({}) == "-");
  }
}
