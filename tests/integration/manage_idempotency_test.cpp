#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "integration/manage_support.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kKeys = "/manage/v1/api-keys";

Answer sendOnce(Api& api, const std::string& key, const std::string& body,
                const std::string& path = kKeys) {
  return api.send("POST", path, body, {{"Idempotency-Key", key}});
}

}  // namespace

TEST_SUITE("manage/idempotency") {
  TEST_CASE("the same request again gets the same answer, and nothing is done again") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer first = sendOnce(api, "k-1", R"({"name":"a"})");
    const Answer again = sendOnce(api, "k-1", R"({"name":"a"})");
    REQUIRE(first.status == 201);
    CHECK(again.status == 201);
    CHECK(again.body == first.body);
    CHECK(again.header("Idempotent-Replayed") == "true");
    CHECK(first.header("Idempotent-Replayed").empty());
    CHECK(again.header("ETag") == first.header("ETag"));
    CHECK(again.header("Request-Id") != first.header("Request-Id"));
    CHECK(listAll(api, "/api-keys", "id").size() == 2);
    // The other base path is the same API.
    CHECK(sendOnce(api, "k-1", R"({"name":"a"})", "/api/manage/v1/api-keys").body == first.body);
  }

  TEST_CASE(
      "another body under the same key is refused, another key or caller is another request") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(sendOnce(api, "k-1", R"({"name":"a"})").status == 201);
    const Answer reused = sendOnce(api, "k-1", R"({"name":"b"})");
    CHECK(reused.status == 422);
    CHECK(errorCode(reused) == "idempotency_key_reused");
    CHECK(sendOnce(api, "k-2", R"({"name":"b"})").header("Idempotent-Replayed").empty());
    Api other = withRole(gateway, "admin");
    CHECK(sendOnce(other, "k-1", R"({"name":"b"})").status == 201);
    CHECK(sendOnce(api, "k-1", R"({"name":"p"})", "/manage/v1/projects").status == 201);
  }

  TEST_CASE("a request that failed changed nothing and may be mended under its key") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    CHECK(sendOnce(api, "k-1", R"({"name":""})").status == 422);
    CHECK(sendOnce(api, "k-1", R"({"name":"a"})").status == 201);
  }

  TEST_CASE("keys are one text of 1 to 255 bytes") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    CHECK(sendOnce(api, std::string(255, 'k'), R"({"name":"a"})").status == 201);
    CHECK(sendOnce(api, std::string(256, 'k'), R"({"name":"a"})").status == 422);
    const Answer twice = api.send("POST", kKeys, R"({"name":"a"})",
                                  {{"Idempotency-Key", "a"}, {"Idempotency-Key", "b"}});
    CHECK(twice.status == 422);
  }

  TEST_CASE("answers survive a restart, for a day, and are sealed on the disk") {
    TempDir dir;
    std::atomic<int64_t> now = 1'800'000'000'000;
    GatewayOptions options = quietOptions();
    options.ephemeral = false;
    options.data_dir = dir.path().string();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    options.wall_clock = [&now] { return now.load(); };
    std::string key;
    std::string first;
    {
      Gateway gateway = Gateway::start(options);
      key = gateway.managementKey();
      Api api = manageOf(gateway);
      first = sendOnce(api, "k-1", R"({"name":"a"})").body;
    }
    const std::string secret(*parsed(first).root().find("data")->stringAt("key"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content((std::istreambuf_iterator<char>(file)), {});
      CHECK_FALSE(contains(content, secret));
    }
    Gateway gateway = Gateway::start(options);
    Api api(gateway.manageUrl(), key);
    CHECK(sendOnce(api, "k-1", R"({"name":"a"})").body == first);
    now += 86'400'000 + 1;
    const Answer later = sendOnce(api, "k-1", R"({"name":"a"})");
    CHECK(later.status == 201);
    CHECK(later.header("Idempotent-Replayed").empty());
  }

  TEST_CASE("of many at once one is done; the others get its answer or are told to wait") {
    Gateway gateway = quietGateway();
    constexpr int kThreads = 8;
    std::latch start(kThreads);
    std::mutex mutex;
    std::set<std::string> bodies;
    int conflicts = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        Api api = manageOf(gateway);
        start.arrive_and_wait();
        const Answer answer = sendOnce(api, "same", R"({"name":"a"})");
        const std::lock_guard lock(mutex);
        if (answer.status == 201) bodies.insert(answer.body);
        if (answer.status == 409) {
          ++conflicts;
          CHECK(errorCode(answer) == "idempotency_in_flight");
          CHECK(answer.header("Retry-After") == "1");
        }
      });
    }
    threads.clear();
    CHECK(bodies.size() == 1);
    CHECK(conflicts < kThreads);
    Api api = manageOf(gateway);
    CHECK(listAll(api, "/api-keys", "id").size() == 2);
  }
}
