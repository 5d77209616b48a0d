#include <array>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "config/policy.h"

using namespace penstock;
using config::parsePolicy;

namespace {

const config::PolicyContext kContext{[](std::string_view id) { return id == "prov_1"; }};

model::Target targetOf(const config::ParsedPolicy& parsed) {
  const auto& target = std::get<config::SinglePolicy>(parsed.policy).target;
  return {target.model, target.credentials.at(0).provider_id};
}

}  // namespace

TEST_SUITE("config/policy") {
  TEST_CASE("single names one model at one provider, and is stored in one form") {
    const auto parsed = parsePolicy(
        "single", R"( { "providerCredentialId" : "prov_1", "model":"gpt-4o\u002dmini" } )",
        kContext);
    REQUIRE(parsed);
    CHECK(targetOf(*parsed) == model::Target{"gpt-4o-mini", "prov_1"});
    CHECK(parsed.value().config_json ==
          R"({"model":"gpt-4o-mini","provider_credential_id":"prov_1"})");
    const auto again = parsePolicy("single", parsed.value().config_json, kContext);
    REQUIRE(again);
    CHECK(again.value().config_json == parsed.value().config_json);
  }

  TEST_CASE("a target without a credential is resolved by its name, and stored with one") {
    config::PolicyContext context = kContext;
    context.resolve = [](std::string_view name) -> Result<model::Target> {
      if (name == "main/gpt-4o") return model::Target{"gpt-4o", "prov_1"};
      return invalidRequest("x", "whose is it?");
    };
    const auto parsed = parsePolicy("single", R"({"model":"main/gpt-4o"})", context);
    REQUIRE(parsed);
    CHECK(targetOf(*parsed) == model::Target{"gpt-4o", "prov_1"});
    CHECK(parsed->config_json == R"({"model":"gpt-4o","provider_credential_id":"prov_1"})");
    // With a credential the name is the provider's own, slashes and all.
    const auto named = parsePolicy(
        "single", R"({"model":"main/gpt-4o","provider_credential_id":"prov_1"})", context);
    REQUIRE(named);
    CHECK(targetOf(*named).model == "main/gpt-4o");
    for (const char* config : {R"({"model":"other"})", R"({"model":"@other"})", R"({"model":""})",
                               "{}", R"({"model":7})"}) {
      INFO(config);
      const auto refused = parsePolicy("single", config, context);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().fields.size() == 1);
      CHECK(refused.error().param == "/config/model");
    }
    CHECK(parsePolicy("single", R"({"model":"other"})", context).error().message.find("whose") !=
          std::string::npos);
    CHECK_FALSE(
        parsePolicy("single", R"({"model":"main/gpt-4o","provider_credential_id":null})", context));
  }

  TEST_CASE("what does not hold is refused with a pointer to the field") {
    struct Case {
      std::string policy, config;
      std::vector<std::string> params;
    };
    const std::string good_id = R"("provider_credential_id":"prov_1")";
    for (const Case& c : std::vector<Case>{
             {"single", R"({)" + good_id + "}", {"/config/model"}},
             {"single", R"({"model":7,)" + good_id + "}", {"/config/model"}},
             {"single", R"({"model":"",)" + good_id + "}", {"/config/model"}},
             {"single", R"({"model":"@other",)" + good_id + "}", {"/config/model"}},
             {"single", R"({"model":"m"})", {"/config/provider_credential_id"}},
             {"single",
              R"({"model":"m","provider_credential_id":"prov_2"})",
              {"/config/provider_credential_id"}},
             {"single",
              R"({"model":null,"provider_credential_id":[]})",
              {"/config/model", "/config/provider_credential_id"}},
             {"single", R"({"model":"m","x":1,)" + good_id + "}", {"/config/x"}},
             {"single", "[]", {"/config"}},
             {"single", "{", {}},
             {"fallbak", "{}", {"/policy"}},
             {"", "{}", {"/policy"}},
         }) {
      INFO(c.policy << " " << c.config);
      const auto parsed = parsePolicy(c.policy, c.config, kContext);
      REQUIRE_FALSE(parsed);
      CHECK(parsed.error().kind == ErrorKind::Unprocessable);
      std::vector<std::string> params;
      for (const FieldError& field : parsed.error().fields) params.push_back(field.param);
      CHECK(params == c.params);
      CHECK(parsed.error().param.starts_with(c.policy == "single" ? "/config" : "/policy"));
    }
  }

  TEST_CASE("every policy is stored in one form that reads the same again") {
    const std::string target = R"("model":"m","provider_credential_id":"prov_1")";
    for (
        const auto& [policy, config, canonical] : std::vector<std::array<std::string, 3>>{
            {"fallback_chain",
             R"({"models":[{"model":"m","providerCredentialId":"prov_1","timeoutMs":2000},"@b",)"
             R"({"model":"@c","timeout_ms":5}],"retry_on":["429","timeout","503"],)"
             R"("total_budget_ms":8000,"hedge":{"after_ms":700}})",
             R"({"models":[{)" + target +
                 R"(,"timeout_ms":2000},{"model":"@b"},)"
                 R"({"model":"@c","timeout_ms":5}],"retry_on":["429","timeout","connection","503"],)"
                 R"("total_budget_ms":8000,"hedge":{"after_ms":700,"max_pct":5}})"},
            {"cost_optimized",
             R"({"quality_tier":"premium","allowed_models":[{"model":"m","lacks":["vision"],)"
             R"("quality_tier":"premium","provider_credential_id":"prov_1"}]})",
             R"({"quality_tier":"premium","allowed_models":[{)" + target +
                 R"(,"quality_tier":"premium","lacks":["vision"]}]})"},
            {"latency_optimized",
             R"({"allowed_models":[{"model":"m","credentials":[{"provider_credential_id":"prov_1",)"
             R"("weight":3}],"balance":"affinity"}]})",
             R"({"allowed_models":[{"model":"m","credentials":[{"provider_credential_id":"prov_1",)"
             R"("weight":3}],"balance":"affinity"}],"window_seconds":300,"min_samples":20})"},
            {"ensemble",
             R"({"aggregation":"weighted_vote","members":[{)" + target +
                 R"(,"weight":2},"@b"],"timeout_ms":5000})",
             R"({"aggregation":"weighted_vote","members":[{)" + target +
                 R"(,"weight":2},{"model":"@b","weight":1}],"timeout_ms":5000})"},
            {"ab_test",
             R"({"variants":[{"weight":80,"config":"@production"},{"weight":20,"policy":"single",)"
             R"("config":{)" +
                 target + "}}]}",
             R"({"variants":[{"name":"control","weight":80,"config":"@production"},)"
             R"({"name":"variant_a","weight":20,"policy":"single","config":{)" +
                 target + "}}]}"},
            {"cascade",
             R"({"steps":[{)" + target +
                 R"(,"accept":{"min_length":3,"json_valid":true,"regex":"^a"}},"@b"]})",
             R"({"steps":[{)" + target +
                 R"(,"accept":{"min_length":3,"json_valid":true,"regex":"^a"}},)"
                 R"({"model":"@b","accept":{}}]})"},
            {"custom_rules",
             R"({"rules":[{"if":"tags.team == 'support'","then":"@b"},{"if":"end_user == null",)"
             R"("then":{"block":{"message":"who?"}}},{"else":{)" +
                 target + "}}]}",
             R"({"rules":[{"if":"tags.team == 'support'","then":"@b"},{"if":"end_user == null",)"
             R"("then":{"block":{"message":"who?"}}},{"else":{)" +
                 target + "}}]}"},
        }) {
      INFO(policy);
      const auto parsed = parsePolicy(policy, config, kContext);
      INFO((parsed ? std::string() : parsed.error().message));
      REQUIRE(parsed);
      CHECK(parsed->config_json == canonical);
      CHECK(config::policyName(parsed->policy) == policy);
      const auto again = parsePolicy(policy, parsed->config_json, kContext);
      REQUIRE(again);
      CHECK(again->config_json == canonical);
    }
  }

  TEST_CASE("each policy says what is wrong with it, and where") {
    struct Case {
      const char *policy, *config, *param;
    };
    for (const Case& c : std::vector<Case>{
             {"fallback_chain", R"({"models":[]})", "/config/models"},
             {"fallback_chain", R"({})", "/config/models"},
             {"fallback_chain", R"({"models":["@A!"]})", "/config/models/0"},
             {"fallback_chain", R"({"models":["@a"],"retry_on":["6xx"]})", "/config/retry_on/0"},
             {"fallback_chain", R"({"models":["@a",{"policy":"single"}]})",
              "/config/models/1/model"},
             {"cost_optimized", R"({"allowed_models":["@a"]})", "/config/allowed_models/0"},
             {"cost_optimized", R"({"quality_tier":"best","allowed_models":[]})",
              "/config/quality_tier"},
             {"ensemble", R"({"members":["@a"]})", "/config/members"},
             {"ensemble", R"({"members":["@a","@b"],"aggregation":"llm_judge"})", "/config/judge"},
             {"ab_test", R"({"variants":[{"config":"@a","weight":0}]})", "/config/variants"},
             {"ab_test", R"({"variants":[{"name":"x","config":"@a"},{"name":"x","config":"@b"}]})",
              "/config/variants/1/name"},
             {"ab_test", R"({"variants":[{"policy":"nope","config":{}}]})",
              "/config/variants/0/policy"},
             {"cascade", R"({"steps":[{"model":"@a","accept":{"regex":"("}}]})",
              "/config/steps/0/accept/regex"},
             {"cascade", R"({"steps":[{"model":"@a","accept":{"json_schema":{"$ref":"#"}}}]})",
              "/config/steps/0/accept/json_schema"},
             {"custom_rules", R"({"rules":[{"if":"true","then":"@a"}]})", "/config/rules"},
             {"custom_rules", R"({"rules":[{"else":"@a"},{"if":"true","then":"@a"}]})",
              "/config/rules/1"},
             {"custom_rules", R"({"rules":[{"if":"tags.a ==","then":"@a"},{"else":"@a"}]})",
              "/config/rules/0/if"},
         }) {
      INFO(c.policy << " " << c.config);
      const auto parsed = parsePolicy(c.policy, c.config, kContext);
      REQUIRE_FALSE(parsed);
      CHECK(parsed.error().param == c.param);
      CHECK(parsed.error().kind == ErrorKind::Unprocessable);
    }
    const auto rule = parsePolicy(
        "custom_rules", R"({"rules":[{"if":"tags.a ==","then":"@a"},{"else":"@a"}]})", kContext);
    CHECK(rule.error().code == "invalid_rule");
    CHECK(rule.error().message.find("position") != std::string::npos);
  }
}
