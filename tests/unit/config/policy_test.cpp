#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "config/policy.h"

using namespace penstock;
using config::parsePolicy;

namespace {

const config::PolicyContext kContext{[](std::string_view id) { return id == "prov_1"; }};

}  // namespace

TEST_SUITE("config/policy") {
  TEST_CASE("single names one model at one provider, and is stored in one form") {
    const auto parsed = parsePolicy(
        "single", R"( { "providerCredentialId" : "prov_1", "model":"gpt-4o\u002dmini" } )",
        kContext);
    REQUIRE(parsed);
    CHECK(parsed.value().policy == model::Policy(model::SinglePolicy{{"gpt-4o-mini", "prov_1"}}));
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
    CHECK(parsed->policy == model::Policy(model::SinglePolicy{{"gpt-4o", "prov_1"}}));
    CHECK(parsed->config_json == R"({"model":"gpt-4o","provider_credential_id":"prov_1"})");
    // With a credential the name is the provider's own, slashes and all.
    const auto named = parsePolicy(
        "single", R"({"model":"main/gpt-4o","provider_credential_id":"prov_1"})", context);
    REQUIRE(named);
    CHECK(std::get<model::SinglePolicy>(named->policy).target.model == "main/gpt-4o");
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
}
