#include "dialect/anthropic_synthetic.h"

#include <doctest/doctest.h>

#include <vector>

using namespace penstock;

TEST_SUITE("dialect/anthropic_synthetic") {
  TEST_CASE("models are listed as Anthropic lists them") {
    const std::vector<dialect::ModelEntry> models = {{"@a", 1'800'000'000, "modelux"},
                                                     {"b/c", 1'800'000'001, "openai"}};
    CHECK(dialect::renderAnthropicModel(models[0]) ==
          R"({"type":"model","id":"@a","display_name":"@a","created_at":"2027-01-15T08:00:00Z"})");
    const std::string list = dialect::renderAnthropicModelList(models);
    CHECK(list.starts_with(R"({"data":[{"type":"model","id":"@a")"));
    CHECK(list.ends_with(R"(],"has_more":false,"first_id":"@a","last_id":"b/c"})"));
    CHECK(dialect::renderAnthropicModelList({}) ==
          R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
  }

  TEST_CASE("a count is a number") {
    CHECK(dialect::renderTokenCount(42) == R"({"input_tokens":42})");
  }
}
