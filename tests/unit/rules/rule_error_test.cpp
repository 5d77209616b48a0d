#include "rules/rule_error.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("rules/rule_error") {
  TEST_CASE("as an API error it is 422 invalid_rule and says where") {
    const ApiError error =
        rules::RuleError{"a value is expected, not the end", 8}.toApiError("/config/rules/0/if");
    CHECK(httpStatus(error.kind) == 422);
    CHECK(error.code == "invalid_rule");
    CHECK(error.message == "at byte 8 of the rule: a value is expected, not the end");
    CHECK(error.param == "/config/rules/0/if");
  }
}
