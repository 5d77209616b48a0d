#include "config/strategy_form.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;

namespace {

constexpr std::string_view kEnvelope[] = {"name", "project_id"};

}  // namespace

TEST_SUITE("config/strategy_form") {
  TEST_CASE("the flat vocabulary becomes a policy and its config") {
    struct Case {
      const char *body, *policy, *config;
    };
    for (const Case& c : std::vector<Case>{
             {R"({"strategy":"single","model":"gpt-4o"})", "single", R"({"model":"gpt-4o"})"},
             {R"({"name":"n","projectId":"p","project_id":"p","strategy":"single","model":"m"})",
              "single", R"({"model":"m"})"},
             {R"({"strategy":"fallback","attempts":[{"model":"a","timeout_ms":2000}],)"
              R"("retry_on":["429"],"total_budget_ms":8000.5})",
              "fallback_chain",
              R"({"models":[{"model":"a","timeout_ms":2000}],"retry_on":["429"],)"
              R"("total_budget_ms":8000.5})"},
             {R"({"strategy":"ensemble","members":[{"model":"a","weight":2}],"x":null})",
              "ensemble", R"({"members":[{"model":"a","weight":2}],"x":null})"},
             {R"({"strategy":"ab_test","variants":[{"weight":80,"config":"@a"},{"weight":20,)"
              R"("config":{"strategy":"fallback","attempts":[]}}]})",
              "ab_test",
              R"({"variants":[{"weight":80,"config":"@a"},{"weight":20,"config":)"
              R"({"policy":"fallback_chain","config":{"models":[]}}}]})"},
             {R"({"strategy":"custom_rules","rules":[{"if":"a == 'x'","then":"@b"},)"
              R"({"else":{"policy":"single","config":{"model":"m"}}}]})",
              "custom_rules",
              R"({"rules":[{"if":"a == 'x'","then":"@b"},)"
              R"({"else":{"policy":"single","config":{"model":"m"}}}]})"},
             {R"({"strategy":"cascade","attempts":[]})", "cascade", R"({"attempts":[]})"},
             {R"({"strategy":"quantum"})", "quantum", "{}"},
         }) {
      INFO(c.body);
      const auto parsed = json::parse(c.body);
      CHECK(config::isStrategyForm(parsed->root()));
      const auto form = config::fromStrategyForm(parsed->root(), kEnvelope);
      REQUIRE(form);
      CHECK(form->policy == c.policy);
      CHECK(form->config_json == c.config);
    }
  }

  TEST_CASE("camel case names of the envelope are the whole name, and only that") {
    const auto parsed = json::parse(
        R"({"strategy":"single","projectid":1,"projectID":2,"project_Id":3,"proj":4,"projectId_":5})");
    const auto form = config::fromStrategyForm(parsed->root(), kEnvelope);
    CHECK(form->config_json ==
          R"({"projectid":1,"projectID":2,"project_Id":3,"proj":4,"projectId_":5})");
  }

  TEST_CASE("a strategy is a name, and stands alone") {
    for (const char* body : {R"({"strategy":7})", R"({"strategy":"single","policy":"single"})",
                             R"({"strategy":"single","config":{}})"}) {
      INFO(body);
      const auto parsed = json::parse(body);
      const auto form = config::fromStrategyForm(parsed->root(), kEnvelope);
      REQUIRE_FALSE(form);
      CHECK(form.error().kind == ErrorKind::Unprocessable);
      CHECK(form.error().param == "/strategy");
    }
    CHECK_FALSE(config::isStrategyForm(json::parse(R"({"policy":"single"})")->root()));
  }
}
