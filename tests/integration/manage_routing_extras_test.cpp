// What routing configs say beside their policy: `cache` and `embedding_dimensions`.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "integration/manage_support.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kConfigs = std::string(kBase) + "/routing-configs";
const std::string kKept = kConfigs + "/@kept";
const std::string kDefaults =
    R"({"mode":"exact","ttl_seconds":3600,"allow_temperature":false,"allow_tools":false})";

Answer make(Api& api, const std::string& more) {
  return api.post(
      kConfigs,
      R"({"name":"kept","policy":"single","config":{"model":"demo/demo-chat"})" + more + "}");
}

std::string extrasOf(const Answer& answer) {
  return dataText(answer, "cache") + " " + dataText(answer, "embedding_dimensions");
}

Answer applied(Api& api, const std::string& document, const char* how = "apply") {
  return api.post(std::string(kBase) + "/config/" + how, R"({"document":)" + document + "}");
}

}  // namespace

TEST_SUITE("manage/routing_extras") {
  TEST_CASE("both are there from the start, and null where there is none") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    CHECK(extrasOf(api.get(kConfigs + "/@default")) == "null null");
    const Answer made = make(api, R"(,"cache":{},"embeddingDimensions":1536)");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    CHECK(extrasOf(made) == kDefaults + " 1536");
    CHECK(extrasOf(api.get(kKept)) == kDefaults + " 1536");
    CHECK(contains(api.get(kConfigs).body, R"("embedding_dimensions":1536)"));
  }

  TEST_CASE("a change keeps what it does not name, replaces the cache whole, and null ends it") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(make(api, "").status == 201);
    const std::string rules =
        R"({"mode":"exact","ttl_seconds":5,"allow_temperature":true,"allow_tools":true})";
    CHECK(extrasOf(api.patch(kKept, R"({"cache":)" + rules + R"(,"embedding_dimensions":7})")) ==
          rules + " 7");
    CHECK(extrasOf(api.patch(kKept, R"({"name":"other"})")) == rules + " 7");
    CHECK(extrasOf(api.send("PUT", kKept, R"({"cache":{"ttlSeconds":3600}})")) == kDefaults + " 7");
    CHECK(dataText(api.patch(kKept, R"({"cache":)" + kDefaults + "}"), "version") == "4");
    CHECK(extrasOf(api.patch(kKept, R"({"embedding_dimensions":null})")) == kDefaults + " null");
    const Answer none = api.patch(kKept, R"({"cache":null})");
    CHECK(extrasOf(none) == "null null");
    CHECK(dataText(none, "version") == "6");
  }

  TEST_CASE("the older vocabulary takes them too") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post(
        kConfigs,
        R"({"name":"old","strategy":"single","model":"demo/demo-chat","cache":{"mode":"exact"},)"
        R"("embedding_dimensions":3})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    CHECK(extrasOf(made) == kDefaults + " 3");
    CHECK_FALSE(contains(dataText(made, "config"), "cache"));
  }

  TEST_CASE("every wrong field is named") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const auto wrong = [&](const std::string& more) {
      const Answer answer = make(api, more);
      CHECK_MESSAGE(answer.status == 422, answer.body);
      return errorParams(answer);
    };
    using Params = std::vector<std::string>;
    CHECK(wrong(R"(,"cache":{"mode":"fuzzy","ttl_seconds":0,"allow_tools":1,"ttl":5},)"
                R"("embedding_dimensions":0)") == Params{"/cache/mode", "/cache/ttl_seconds",
                                                         "/cache/allow_tools", "/cache/ttl",
                                                         "/embedding_dimensions"});
    CHECK(wrong(R"(,"cache":{"ttl_seconds":2592001})") == Params{"/cache/ttl_seconds"});
    CHECK(wrong(R"(,"cache":true)") == Params{"/cache"});
    CHECK(wrong(R"(,"embedding_dimensions":4097)") == Params{"/embedding_dimensions"});
    CHECK(wrong(R"(,"embedding_dimensions":"9")") == Params{"/embedding_dimensions"});
    CHECK(wrong(R"(,"cache":{"mode":"semantic"})") == Params{"/cache/mode"});
    CHECK(contains(make(api, R"(,"cache":{"mode":"semantic"})").body, "semantic is not built yet"));
    CHECK(applied(api, R"({"version":1,"routing_configs":[{"project":"default","slug":"default",)"
                       R"("cache":{"ttl_seconds":"x"}}]})")
              .status == 422);
  }

  TEST_CASE("versions, diffs and rollbacks hold them") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(make(api, R"(,"cache":{"ttl_seconds":5})").status == 201);
    REQUIRE(api.patch(kKept, R"({"cache":{"ttl_seconds":6},"embedding_dimensions":9})").status ==
            200);
    CHECK(contains(dataText(api.get(kKept + "/versions/1"), "cache"), R"("ttl_seconds":5)"));
    CHECK(contains(api.get(kKept + "/versions").body, R"("embedding_dimensions":9)"));
    const std::string changes = dataText(api.get(kKept + "/diff"), "changes");
    CHECK(
        contains(changes, R"({"op":"replace","path":"/cache/ttl_seconds","before":5,"after":6})"));
    CHECK(contains(changes,
                   R"({"op":"replace","path":"/embedding_dimensions","before":null,"after":9})"));
    const Answer back = api.post(kKept + "/rollback", R"({"version":1})");
    CHECK(dataText(back, "version") == "3");
    CHECK(contains(dataText(back, "cache"), R"("ttl_seconds":5)"));
    CHECK(dataText(back, "embedding_dimensions") == "null");
  }

  TEST_CASE("a document sets, keeps and clears them, and an export applied elsewhere is in sync") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const auto document = [](const std::string& more) {
      return R"({"version":1,"routing_configs":[{"project":"default","slug":"kept",)"
             R"("policy":"single","config":{"model":"demo-chat","provider":"demo"})" +
             more + "}]}";
    };
    CHECK(applied(api, document(R"(,"cache":{},"embedding_dimensions":8)")).status == 200);
    CHECK(extrasOf(api.get(kKept)) == kDefaults + " 8");
    CHECK(applied(api, document("")).status == 200);
    CHECK(extrasOf(api.get(kKept)) == kDefaults + " 8");
    const std::string exported =
        parsed(api.get(std::string(kBase) + "/config/export").body).root().find("data")->text();
    CHECK(contains(exported, R"("cache":)" + kDefaults + R"(,"embedding_dimensions":8)"));
    CHECK(dataText(applied(api, exported, "plan"), "in_sync") == "true");
    CHECK(applied(api, document(R"(,"cache":null,"embedding_dimensions":null)")).status == 200);
    CHECK(extrasOf(api.get(kKept)) == "null null");
    Gateway elsewhere = quietGateway();
    Api other = manageOf(elsewhere);
    REQUIRE(applied(other, exported).status == 200);
    CHECK(extrasOf(other.get(kKept)) == kDefaults + " 8");
    CHECK(dataText(applied(other, exported, "plan"), "changes") == "[]");
  }

  TEST_CASE("they survive a restart, and rule from its first request on") {
    TempDir dir;
    GatewayOptions options = quietOptions();
    options.ephemeral = false;
    options.data_dir = dir.path().string();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    std::string project_key, management_key;
    {
      Gateway gateway = Gateway::start(options);
      project_key = gateway.projectKey();
      management_key = gateway.managementKey();
      Api api = manageOf(gateway);
      REQUIRE(make(api, R"(,"cache":{},"embedding_dimensions":8)").status == 201);
    }
    Gateway gateway = Gateway::start(options);
    CHECK(extrasOf(Api(gateway.manageUrl(), management_key).get(kKept)) == kDefaults + " 8");
    Api proxy(gateway.proxyUrl(), project_key);
    const auto ask = [&] {
      return proxy
          .post("/v1/chat/completions",
                R"({"model":"@kept","messages":[{"role":"user","content":"x"}]})")
          .header("X-Modelux-Cache");
    };
    CHECK(ask() == "MISS");
    CHECK(ask() == "HIT");
  }
}
