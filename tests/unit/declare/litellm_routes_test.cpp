#include "declare/litellm_routes.h"

#include <algorithm>

#include "declare/litellm.h"
#include "golden.h"

using namespace penstock;

namespace {

constexpr std::string_view kModels = R"(
model_list:
  - {model_name: big, litellm_params: {model: openai/gpt-4o, api_key: k1, rpm: 300}}
  - {model_name: big, litellm_params: {model: openai/gpt-4o, api_key: k2, rpm: 100}}
  - {model_name: mixed, litellm_params: {model: groq/llama-a, order: 2, timeout: 2.5}}
  - {model_name: mixed, litellm_params: {model: openai/gpt-4o-mini, order: 1}}
  - {model_name: small, litellm_params: {model: groq/llama-b}}
)";

// What the models and the settings become.
class Routes {
 public:
  explicit Routes(const std::string& settings) : imported_(import(settings)) {}

  // The routing config of that slug: "policy {config}".
  std::string config(std::string_view slug) const {
    const auto document = test::parsed(imported_.document.json());
    const auto configs = *document.root().find("routing_configs");
    for (const json::ValueRef item : configs.elements()) {
      if (item.stringAt("slug") != slug) continue;
      return std::string(*item.stringAt("policy")) + " " + std::string(item.find("config")->text());
    }
    return "none";
  }

  bool reports(std::string_view where) const {
    return std::ranges::find(imported_.report, where, &declare::Note::where) !=
           imported_.report.end();
  }

 private:
  static declare::Imported import(const std::string& settings) {
    const auto config =
        test::parsed(*declare::yamlToJson(std::string(kModels) + settings, "config"));
    auto answer = declare::importLiteLlm(config.root(), {}, 0);
    REQUIRE(answer);
    return *std::move(answer);
  }

  declare::Imported imported_;
};

const std::string kBig =
    R"({"model":"gpt-4o","credentials":[{"provider":"openai","weight":300},{"provider":"openai-2","weight":100}],"balance":"weighted"})";

}  // namespace

TEST_SUITE("declare/litellm_routes") {
  TEST_CASE("deployments of one model share it by weight, those of several stand in a chain") {
    const Routes routes("");
    CHECK(routes.config("big") == "single " + kBig);
    CHECK(
        routes.config("mixed") ==
        R"(fallback_chain {"models":[{"model":"gpt-4o-mini","provider":"openai-3"},{"model":"llama-a","provider":"groq","timeout_ms":2500}]})");
    CHECK(routes.config("small") == R"(single {"model":"llama-b","provider":"groq"})");
  }

  TEST_CASE("the routing strategy becomes a balance or a policy") {
    const Routes busy("router_settings: {routing_strategy: least-busy}");
    CHECK(busy.config("big").find(R"("balance":"least_busy")") != std::string::npos);
    const Routes fast("router_settings: {routing_strategy: latency-based-routing}");
    CHECK(
        fast.config("big") ==
        R"(latency_optimized {"allowed_models":[{"model":"gpt-4o","provider":"openai"},{"model":"gpt-4o","provider":"openai-2"}]})");
    CHECK(fast.config("small").starts_with("single"));
    const Routes cheap("router_settings: {routing_strategy: cost-based-routing}");
    CHECK(cheap.config("mixed").starts_with("cost_optimized"));
    CHECK(!cheap.reports("/router_settings/routing_strategy"));
    const Routes usage("router_settings: {routing_strategy: usage-based-routing-v2}");
    CHECK(usage.config("big") == "single " + kBig);
    CHECK(usage.reports("/router_settings/routing_strategy"));
  }

  TEST_CASE("fallbacks lengthen the chain, wherever they are written") {
    for (const char* section : {"router_settings", "litellm_settings"}) {
      const Routes routes(std::string(section) +
                          ": {fallbacks: [{small: [big]}, {big: [small]}], default_fallbacks: "
                          "[small]}");
      CHECK(routes.config("small") ==
            R"(fallback_chain {"models":[{"model":"llama-b","provider":"groq"},)" + kBig + "]}");
      CHECK(routes.config("big") ==
            "fallback_chain {\"models\":[" + kBig + R"(,{"model":"llama-b","provider":"groq"}]})");
      CHECK(routes.config("mixed").ends_with(R"({"model":"llama-b","provider":"groq"}]})"));
    }
  }

  TEST_CASE("fallbacks of one kind of failure are kept to it") {
    const Routes routes(
        "router_settings: {context_window_fallbacks: [{small: [big]}], content_policy_fallbacks: "
        "[{big: [small]}, {mixed: [small]}]}");
    CHECK(routes.config("small").ends_with(R"("retry_on":["context_length"]})"));
    CHECK(routes.config("big").ends_with(R"("retry_on":["content_filter"]})"));
    // Its own second deployment is for every failure.
    CHECK(routes.config("mixed").ends_with(
        R"("retry_on":["429","5xx","timeout","connection","context_length","content_filter"]})"));
  }

  TEST_CASE("a chain may begin with what a strategy chooses from") {
    const Routes routes(
        "router_settings: {routing_strategy: latency-based-routing, fallbacks: [{big: [mixed]}]}");
    CHECK(routes.config("big") ==
          R"(fallback_chain {"models":[{"model":"@big-deployments"},{"model":"@mixed"}]})");
    CHECK(routes.config("big-deployments").starts_with("latency_optimized"));
    CHECK(routes.config("mixed").starts_with("latency_optimized"));
  }

  TEST_CASE("time-outs hold for the attempts of all who have none of their own") {
    const Routes routes("litellm_settings: {request_timeout: 6}");
    CHECK(routes.config("small") ==
          R"(single {"model":"llama-b","provider":"groq","timeout_ms":6000})");
    CHECK(routes.config("mixed").find(R"("timeout_ms":2500)") != std::string::npos);
    const Routes too_long("router_settings: {timeout: 6000}");
    CHECK(too_long.config("small") == R"(single {"model":"llama-b","provider":"groq"})");
    CHECK(too_long.reports("/router_settings/timeout"));
  }

  TEST_CASE("an alias is routed like its group, and what leads nowhere is reported") {
    const Routes routes(
        "router_settings: {model_group_alias: {tiny: small, ghost: nobody}, fallbacks: [{small: "
        "[nobody]}, {nobody: [big]}]}");
    CHECK(routes.config("tiny") == routes.config("small"));
    CHECK(routes.config("ghost") == "none");
    CHECK(routes.reports("/router_settings/model_group_alias/ghost"));
    CHECK(routes.reports("/router_settings/fallbacks/0/small/0"));
    CHECK(routes.reports("/router_settings/fallbacks/1/nobody"));
  }
}
