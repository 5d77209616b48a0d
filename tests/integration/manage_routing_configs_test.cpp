#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string demoId(Api& api) { return listAll(api, "/providers", "id").at(0); }

std::string single(const std::string& provider, const std::string& model) {
  return R"({"model":")" + model + R"(","provider_credential_id":")" + provider + R"("})";
}

std::string newConfig(const std::string& name, const std::string& config) {
  return R"({"name":")" + name + R"(","policy":"single","config":)" + config + "}";
}

// Runs `work` on that many threads, each with a kept-alive connection of its own.
void onThreads(const Gateway& gateway, int count,
               const std::function<void(httplib::Client&, int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      httplib::Client client(gateway.manageUrl());
      client.set_keep_alive(true);
      client.set_read_timeout(60);
      client.set_bearer_token_auth(gateway.managementKey().c_str());
      work(client, i);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_SUITE("manage/routing_configs") {
  TEST_CASE("a config is created, found by id and slug, changed and deleted") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string provider = demoId(api);
    const Answer made = api.post("/manage/v1/routing-configs",
                                 newConfig("Fast One", single(provider, "demo-chat")));
    REQUIRE_MESSAGE(made.status == 201, made.body);
    CHECK(dataText(made, "slug") == "fast-one");
    CHECK(made.header("ETag") == "\"1\"");
    const std::string path = "/routing-configs/" + dataText(made, "id");
    const std::string camel =
        R"({"config":{"model":"demo-2","providerCredentialId":")" + provider + R"("}})";
    runScenarios(
        api,
        {{"by id", "GET", path, "", 200, {R"("version":1)"}},
         {"by slug", "GET", "/routing-configs/@fast-one", "", 200, {R"("version":1)"}},
         {"by bare slug",
          "GET",
          "/routing-configs/fast-one?projectId=default",
          "",
          200,
          {R"("version":1)"}},
         {"in another project", "GET", "/routing-configs/@fast-one?project_id=x", "", 404, {}},
         {"taken slug",
          "POST",
          "/routing-configs",
          newConfig("fast-one", single(provider, "m")),
          409,
          {"slug_taken"}},
         {"camelCase",
          "PATCH",
          path,
          camel,
          200,
          {R"("version":2)", R"("provider_credential_id")", "demo-2"}},
         {"no-op", "PATCH", path, camel, 200, {R"("version":2)"}},
         {"PUT",
          "PUT",
          "/routing-configs/@fast-one",
          R"({"name":"Faster","note":"why"})",
          200,
          {R"("version":3)", R"("slug":"fast-one")", "demo-2"}},
         {"stale",
          "PATCH",
          path,
          R"({"name":"x","expected_version":2})",
          409,
          {"version_conflict"}},
         {"fresh", "PATCH", path, R"({"name":"x","expectedVersion":3})", 200, {R"("version":4)"}},
         {"unknown policy", "PATCH", path, R"({"policy":"magic"})", 422, {"/policy"}},
         {"unknown provider",
          "PATCH",
          path,
          R"({"config":)" + single("prov_x", "m") + "}",
          422,
          {"/config/provider_credential_id"}},
         {"slug stays", "PATCH", path, R"({"slug":"y"})", 422, {"/slug"}},
         {"versions",
          "GET",
          path + "/versions?limit=2",
          "",
          200,
          {R"("version":4)", R"("version":3)", R"("note":"why")", R"("has_more":true)"},
          {R"("version":2)"}},
         {"one version",
          "GET",
          path + "/versions/1",
          "",
          200,
          {R"("name":"Fast One")", "demo-chat"}},
         {"delete", "DELETE", path, "", 200, {R"("deleted":true)"}},
         {"gone", "GET", path, "", 404, {"routing_config_not_found"}},
         {"slug is free",
          "POST",
          "/routing-configs",
          newConfig("fast-one", single(provider, "m")),
          201,
          {}}});
  }

  TEST_CASE("If-Match is expected_version") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string path = "/manage/v1/routing-configs/@default";
    const auto save = [&](const std::string& name, const std::string& etag) {
      return api.send("PATCH", path, R"({"name":")" + name + R"("})", {{"If-Match", etag}});
    };
    CHECK(save("a", "\"1\"").status == 200);
    CHECK(save("b", "\"1\"").status == 409);
    CHECK(save("b", "*").status == 200);
    CHECK(save("c", "1").status == 422);
    CHECK(api.get(path).header("ETag") == "\"3\"");
  }

  TEST_CASE("a change is in effect when it is answered") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    const std::string provider = demoId(api);
    for (int i = 0; i < 20; ++i) {
      const std::string model = "demo-chat-" + std::to_string(i);
      REQUIRE(api.patch("/manage/v1/routing-configs/@default",
                        R"({"config":)" + single(provider, model) + "}")
                  .status == 200);
      const Answer answer =
          proxy.send("POST", "/v1/dry-run",
                     R"({"model":"@default","messages":[{"role":"user","content":"x"}]})");
      CHECK(answer.header("X-Modelux-Model-Used") == model);
    }
  }

  TEST_CASE("8 writers × 100 saves: no gap, no duplicate") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    std::mutex mutex;
    std::multiset<int64_t> answered;
    onThreads(gateway, 8, [&](httplib::Client& client, int writer) {
      for (int i = 0; i < 100; ++i) {
        const std::string body = R"({"name":"w)" + std::to_string(writer * 1000 + i) + R"("})";
        const auto saved =
            client.Patch("/manage/v1/routing-configs/@default", body, "application/json");
        std::lock_guard lock(mutex);
        if (!saved || saved->status != 200) {
          answered.insert(-1);
          continue;
        }
        const auto document = json::parse(saved->body);
        answered.insert(document->root().find("data")->intAt("version").value_or(-1));
      }
    });
    REQUIRE(answered.size() == 800);
    CHECK(*answered.begin() == 2);
    CHECK(*answered.rbegin() == 801);
    CHECK(std::set<int64_t>(answered.begin(), answered.end()).size() == 800);
    const auto versions = listAll(api, "/routing-configs/@default/versions", "version", 200);
    REQUIRE(versions.size() == 801);
    for (size_t i = 0; i < versions.size(); ++i) CHECK(versions[i] == std::to_string(801 - i));
  }

  TEST_CASE("8 writers who say what they expect: each lost race is a 409") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    std::atomic<int64_t> saved{0}, lost{0}, other{0};
    onThreads(gateway, 8, [&](httplib::Client& client, int writer) {
      for (int i = 0; i < 25; ++i) {
        const auto head = client.Get("/manage/v1/routing-configs/@default");
        const auto version =
            json::parse(head->body)->root().find("data")->intAt("version").value_or(0);
        const std::string body = R"({"name":"w)" + std::to_string(writer * 1000 + i) +
                                 R"(","expected_version":)" + std::to_string(version) + "}";
        const auto answer =
            client.Patch("/manage/v1/routing-configs/@default", body, "application/json");
        const int status = answer ? answer->status : 0;
        ++(status == 200 ? saved : status == 409 ? lost : other);
      }
    });
    CHECK(other == 0);
    CHECK(saved + lost == 200);
    CHECK(dataText(api.get("/manage/v1/routing-configs/@default"), "version") ==
          std::to_string(saved + 1));
  }
}
