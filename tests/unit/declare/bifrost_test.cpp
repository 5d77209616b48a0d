#include "declare/bifrost.h"

#include "golden.h"

using namespace penstock;

TEST_SUITE("declare/bifrost") {
  TEST_CASE("a configuration becomes a document and a report of the rest") {
    const auto folder = test::importFolder("bifrost");
    const auto config = test::parsed(test::readFile(folder / "config.json"));
    const auto answer = declare::importBifrost(config.root());
    REQUIRE(answer);
    test::checkImport(*answer, folder);
    CHECK(declare::reportJson(answer->report).find("sk-bf-") == std::string::npos);
  }

  TEST_CASE("what is no configuration is refused") {
    for (const char* text : {"[]", "{}", "{\"providers\":[]}", "\"x\""}) {
      const auto document = test::parsed(text);
      const auto answer = declare::importBifrost(document.root());
      REQUIRE_MESSAGE(!answer, text);
      CHECK(answer.error().code == "invalid_source");
    }
  }

  TEST_CASE("an empty list of models allows all in version 1 and none in version 2") {
    const auto keysOf = [](const std::string& version) {
      const auto config = test::parsed(
          "{\"version\":" + version +
          R"(,"providers":{"openai":{"keys":[{"name":"a","value":"env.K"}]}},"governance":{"virtual_keys":[)"
          R"({"name":"v","provider_configs":[{"provider":"openai","allowed_models":[]}]}]}})");
      return declare::importBifrost(config.root())->document.api_keys;
    };
    CHECK(keysOf("2").empty());
    REQUIRE(keysOf("1").size() == 1);
    CHECK(keysOf("1")[0].allowed_models == std::vector<std::string>{"openai/*"});
  }
}
