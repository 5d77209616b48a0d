#include "dialect/budget_error.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/budget_error") {
  const BudgetError kTeam{.name = "team-ml",
                          .scope = "project",
                          .period = "monthly",
                          .spent = {105'000'000'000},
                          .cap = {100'000'000'000},
                          .requested = {500'000'000},
                          .resets_at = 1'777'593'600'000};

  TEST_CASE("as the SDKs' own tests write it") {
    CHECK(
        renderOpenAiBudgetError(kTeam) ==
        R"({"error":{"type":"budget_exceeded",)"
        R"~("message":"budget \"team-ml\" exceeded ($105.00 / $100.00)","code":402,)~"
        R"("budget":{"name":"team-ml","spend_usd":105,"cap_usd":100,"period":"monthly",)"
        R"("period_resets_at":"2026-05-01T00:00:00Z","reserved_usd":0,"requested_usd":0.5,"scope":"project"}}})");
  }

  TEST_CASE("in Anthropic's envelope") {
    CHECK(
        renderAnthropicBudgetError(kTeam) ==
        R"({"type":"error","error":{"type":"budget_exceeded",)"
        R"~("message":"budget \"team-ml\" exceeded ($105.00 / $100.00)",)~"
        R"("budget":{"name":"team-ml","spend_usd":105,"cap_usd":100,"period":"monthly",)"
        R"("period_resets_at":"2026-05-01T00:00:00Z","reserved_usd":0,"requested_usd":0.5,"scope":"project"}}})");
  }

  TEST_CASE("a budget without an end, and money that is only reserved") {
    BudgetError total = kTeam;
    total.resets_at = 0;
    total.spent = {1'000'000};
    total.reserved = {99'999'000'000};
    CHECK(renderOpenAiBudgetError(total).find("\"period_resets_at\":null") != std::string::npos);
    CHECK(budgetMessage(total) ==
          "budget \"team-ml\" exceeded ($0.001 / $100.00): the request may cost $0.50, and "
          "$100.00 is reserved by requests under way");
  }
}
