#include "config/budget_index.h"

#include <vector>

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("config/budget_index") {
  TEST_CASE("every budget's label is its own, beside disabled ones too") {
    std::vector<model::Budget> budgets(3);
    budgets[0].name = "a";
    budgets[1].name = "team \"b\", [1]";
    budgets[1].enabled = false;
    budgets[1].unit = model::BudgetUnit::Tokens;
    budgets[2].action = model::BudgetAction::WarnOnly;
    const config::BudgetIndex index(std::move(budgets));
    CHECK(index.label(index.all()[0]) == R"(["a",0,0],)");
    CHECK(index.label(index.all()[1]) == R"(["team \"b\", [1]",1,0],)");
    CHECK(index.label(index.all()[2]) == R"(["",0,2],)");
    std::vector<config::BudgetMatch> matches;
    index.match({.project_id = "proj_1"}, matches);
    REQUIRE(matches.size() == 2);
    CHECK(matches[0].budget == &index.all()[0]);
    CHECK(matches[1].budget == &index.all()[2]);
  }
}
