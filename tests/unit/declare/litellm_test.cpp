#include "declare/litellm.h"

#include "golden.h"

using namespace penstock;

namespace {

constexpr UnixMillis kNow = 1'770'000'000'000;  // 2026

Result<declare::Imported> imported(std::string_view yaml, std::string_view keys = {}) {
  const auto config = test::parsed(*declare::yamlToJson(yaml, "config"));
  if (keys.empty()) return declare::importLiteLlm(config.root(), {}, kNow);
  const auto dump = test::parsed(keys);
  return declare::importLiteLlm(config.root(), dump.root(), kNow);
}

}  // namespace

TEST_SUITE("declare/litellm") {
  TEST_CASE("a configuration becomes a document and a report of the rest") {
    const auto folder = test::importFolder("litellm");
    const auto config = test::readYaml(folder / "config.yaml");
    const auto answer = declare::importLiteLlm(config.root(), {}, kNow);
    REQUIRE(answer);
    test::checkImport(*answer, folder);
  }

  TEST_CASE("keys come along without their secrets") {
    const auto folder = test::importFolder("litellm");
    const auto config = test::readYaml(folder / "config.yaml");
    const auto keys = test::parsed(test::readFile(folder / "keys.json"));
    const auto answer = declare::importLiteLlm(config.root(), keys.root(), kNow);
    REQUIRE(answer);
    test::checkImport(*answer, folder, "_with_keys");
  }

  TEST_CASE("what is no configuration is refused") {
    for (const char* text : {"just text", "[1]", "{}", "providers: {}"}) {
      const auto answer = imported(text);
      REQUIRE_MESSAGE(!answer, text);
      CHECK(answer.error().code == "invalid_source");
    }
    CHECK(!imported("model_list: []", "{\"what\":1}"));
  }

  TEST_CASE("entries of the wrong kind are reported, not guessed at") {
    const auto answer =
        imported("model_list: [1, {model_name: a}, {litellm_params: {model: gpt-4}}]");
    REQUIRE(answer);
    CHECK(answer->document.providers.empty());
    CHECK(answer->report.size() == 3);
  }

  TEST_CASE("a key's answer alone is read too, and a list of them") {
    const char* config = "model_list: [{model_name: a, litellm_params: {model: gpt-4}}]";
    for (const char* keys : {R"({"key":"0a","info":{"key_alias":"k","models":["a"]}})",
                             R"([{"key_alias":"k","models":["a"]}])",
                             R"({"token":"0a","key_alias":"k","models":["a"]})"}) {
      const auto answer = imported(config, keys);
      REQUIRE_MESSAGE(answer, keys);
      REQUIRE(answer->document.api_keys.size() == 1);
      CHECK(answer->document.api_keys[0].allowed_models == std::vector<std::string>{"@a"});
    }
  }

  TEST_CASE("a key never gets to use more than it could") {
    const char* config = "model_list: [{model_name: a, litellm_params: {model: gpt-4}}]";
    for (const char* models : {R"(["b"])", R"(["no-default-models"])", R"([1])", R"([""])"}) {
      const auto answer =
          imported(config, R"([{"key_alias":"k","models":)" + std::string(models) + "}]");
      REQUIRE(answer);
      CHECK_MESSAGE(answer->document.api_keys.empty(), models);
    }
    // No list of its own: the team's holds.
    CHECK(imported(config, R"([{"key_alias":"k","models":[],"team_id":"t"}])")
              ->document.api_keys.empty());
  }

  TEST_CASE("no secret of the source is in the report") {
    const auto answer = imported(
        "model_list: [{model_name: a, litellm_params: {model: gpt-4, api_key: canary-1, "
        "aws_secret_access_key: canary-2}}]\n"
        "general_settings: {master_key: canary-3, database_url: 'postgres://u:canary-4@h/d'}\n"
        "environment_variables: {X: canary-5}");
    REQUIRE(answer);
    CHECK(declare::reportJson(answer->report).find("canary") == std::string::npos);
  }
}
