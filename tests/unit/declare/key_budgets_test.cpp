#include "declare/key_budgets.h"

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::declare;

TEST_SUITE("declare/key_budgets") {
  TEST_CASE("durations are periods where they mean one") {
    CHECK(periodOf("60s") == "minute");
    CHECK(periodOf("1M") == "monthly");
    CHECK(periodOf("1m") == "minute");
    CHECK(periodOf("7d") == "weekly");
    for (const char* other : {"", "2d", "90d", "1Y", "m", "1 d"}) CHECK_FALSE(periodOf(other));
  }

  TEST_CASE("a limit becomes a budget, and what cannot be one is reported") {
    const auto limits = json::parse(
        R"({"spend":12.5,"none":null,"nothing":0,"text":"x","part":1.5,"negative":-1,"many":7})");
    const json::ValueRef root = limits->root();
    Imported imported;
    KeyBudgets budgets("ci", imported, "keys");
    budgets.add({"spend", "usd"}, root.find("spend"), "1d", "/a", "/b");
    budgets.add({"spend", "usd"}, root.find("spend"), "", "/a", "/b");
    budgets.add({"spend", "usd"}, root.find("spend"), "1h", "/a", "/hour");
    budgets.add({"tokens", "tokens"}, root.find("many"), "2d", "/a", "/two");
    budgets.add({"tokens", "tokens"}, root.find("part"), "1m", "/part", "/b");
    budgets.add({"calls", "concurrency"}, root.find("many"), "", "/a", "");
    for (const char* empty : {"none", "absent"}) {
      budgets.add({"x", "usd"}, root.find(empty), "1d", "/a", "/b");
    }
    for (const char* wrong : {"text", "negative"}) {
      budgets.add({"x", "usd"}, root.find(wrong), "1d", "/wrong", "/b");
    }
    budgets.add({"y", "usd"}, root.find("nothing"), "1d", "/a", "/b");  // which blocks
    const auto& made = imported.document.budgets;
    REQUIRE(made.size() == 4);
    CHECK(made[3].cap == "0");
    CHECK(made[0].name == "ci spend");
    CHECK(made[0].cap == "12.5");
    CHECK(made[0].period == "daily");
    CHECK(made[1].name == "ci spend 2");
    CHECK(made[1].period == "total");
    CHECK(made[2].unit == "concurrency");
    CHECK(made[2].period.empty());
    std::vector<std::string> places;
    for (const Note& note : imported.report) places.push_back(note.where);
    CHECK(places == std::vector<std::string>{"/hour", "/two", "/part", "/wrong", "/wrong"});
  }
}
