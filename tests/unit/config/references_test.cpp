#include "config/references.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "config/policy.h"

using namespace penstock;

namespace {

const config::PolicyContext kContext{[](std::string_view) { return true; }};

struct Written {
  std::string slug, policy, config;
};

// Configs of one project.
config::RoutingConfigIndex indexOf(const std::vector<Written>& configs) {
  config::RoutingConfigIndex index;
  for (const Written& written : configs) {
    auto parsed = config::parsePolicy(written.policy, written.config, kContext);
    REQUIRE(parsed);
    config::RoutingConfig config;
    config.head.id = "rc_" + written.slug;
    config.head.project_id = "proj_1";
    config.head.slug = written.slug;
    config.policy = std::move(parsed->policy);
    index.by_id.emplace(config.head.id, index.all.size());
    index.by_slug["proj_1"].emplace(written.slug, index.all.size());
    index.all.push_back(std::move(config));
  }
  return index;
}

const Written kLeaf{"leaf", "single", R"({"model":"m","provider_credential_id":"p"})"};

Written chain(const std::string& slug, const std::string& to) {
  return {slug, "fallback_chain", R"({"models":["@)" + to + R"("]})"};
}

}  // namespace

TEST_SUITE("config/references") {
  TEST_CASE("configs may lead on to others of the project, five times") {
    std::vector<Written> configs{kLeaf};
    std::string last = "leaf";
    for (const char* slug : {"a", "b", "c", "d", "e"}) {
      configs.push_back(chain(slug, last));
      last = slug;
    }
    CHECK(checkReferences(indexOf(configs)));
    configs.push_back(chain("f", "e"));
    const auto refused = checkReferences(indexOf(configs));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "config_too_deep");
    CHECK(refused.error().id == "rc_f");
  }

  TEST_CASE("what leads nowhere or round in a circle is refused with its place") {
    const auto missing = checkReferences(indexOf(
        {kLeaf, {"a", "ab_test", R"({"variants":[{"config":"@leaf"},{"config":"@gone"}]})"}}));
    REQUIRE_FALSE(missing);
    CHECK(missing.error().param == "/config/variants/1");
    CHECK(missing.error().id == "rc_a");
    const auto circle =
        checkReferences(indexOf({chain("a", "b"), chain("b", "c"), chain("c", "a")}));
    REQUIRE_FALSE(circle);
    CHECK(circle.error().code == "config_cycle");
    const auto itself = checkReferences(indexOf({chain("a", "a")}));
    REQUIRE_FALSE(itself);
    CHECK(itself.error().code == "config_cycle");
    // Also where it is written inside of another policy.
    const auto inside = checkReferences(
        indexOf({{"a", "ab_test",
                  R"({"variants":[{"policy":"fallback_chain","config":{"models":["@a"]}}]})"}}));
    REQUIRE_FALSE(inside);
    CHECK(inside.error().code == "config_cycle");
  }

  TEST_CASE("an ensemble is no one of several models, whatever leads to it") {
    const Written many{"many", "ensemble", R"({"members":["@leaf","@leaf"]})"};
    CHECK(checkReferences(
        indexOf({kLeaf, many, {"t", "ab_test", R"({"variants":[{"config":"@many"}]})"}})));
    for (const Written& bad :
         {chain("a", "many"), Written{"a", "cascade", R"({"steps":["@many"]})"},
          Written{"a", "ensemble", R"({"members":["@leaf","@many"]})"}}) {
      const auto refused = checkReferences(indexOf({kLeaf, many, bad}));
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == "validation_error");
      CHECK(refused.error().id == "rc_a");
    }
    const auto through = checkReferences(indexOf(
        {kLeaf, many, {"t", "ab_test", R"({"variants":[{"config":"@many"}]})"}, chain("a", "t")}));
    CHECK_FALSE(through);
  }

  TEST_CASE("who leads on to a config is found, also inside of other policies") {
    const auto index = indexOf(
        {kLeaf,
         chain("a", "leaf"),
         {"b", "custom_rules",
          R"({"rules":[{"if":"true","then":{"policy":"fallback_chain","config":{"models":["@leaf"]}}},)"
          R"({"else":"@a"}]})"}});
    std::vector<std::string> slugs;
    for (const auto* config : referrersOf(index, "proj_1", "leaf"))
      slugs.push_back(config->head.slug);
    CHECK(slugs == std::vector<std::string>{"a", "b"});
    CHECK(referrersOf(index, "proj_2", "leaf").empty());
  }
}
