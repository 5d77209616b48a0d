#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "json/document.h"
#include "manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

struct Key {
  std::string id, secret;
  std::atomic<bool> revoked{false};  // set once the revocation was answered
};

std::unique_ptr<Key> createKey(Gateway& gateway) {
  const Answer answer =
      manageOf(gateway).post("/manage/v1/api-keys", R"({"name":"churn","rate_limit_rpm":1000000})");
  REQUIRE(answer.status == 201);
  const auto document = json::parse(answer.body);
  REQUIRE(document);
  auto key = std::make_unique<Key>();
  key->id = document->root().find("data")->stringAt("id").value();
  key->secret = document->root().find("data")->stringAt("key").value();
  return key;
}

// What the clients counted.
struct Tally {
  std::atomic<int> served{0}, refused{0}, server_errors{0}, other{0}, served_after_revocation{0};
};

void request(Gateway& gateway, const Key& key, Tally& tally) {
  const bool revoked_before = key.revoked.load();
  Api api(gateway.proxyUrl(), key.secret);
  const Answer answer =
      api.post("/v1/chat/completions",
               R"({"model":"@default","max_tokens":5,"messages":[{"role":"user","content":"x"}]})");
  if (answer.status == 200) {
    ++tally.served;
    if (revoked_before) ++tally.served_after_revocation;
  } else if (answer.status == 401) {
    ++tally.refused;
  } else if (answer.status >= 500) {
    ++tally.server_errors;
  } else {
    ++tally.other;
  }
}

size_t loggedRows(Gateway& gateway) {
  gateway.flushLogs();
  size_t rows = 0;
  std::string cursor;
  while (true) {
    const Answer answer = manageOf(gateway).get("/manage/v1/logs?limit=200" +
                                                (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(answer.status == 200);
    const auto document = json::parse(answer.body);
    REQUIRE(document);
    rows += document->root().find("data")->size();
    if (!document->root().find("has_more")->asBool().value()) return rows;
    cursor = document->root().stringAt("next_cursor").value();
  }
}

}  // namespace

TEST_SUITE("proxy/load") {
  TEST_CASE(
      "2,000 requests by 64 clients while keys come and go: no 5xx, no revoked key served, every "
      "row logged") {
    constexpr int kRequests = 2000;
    constexpr int kClients = 64;
    Gateway gateway =
        Gateway::start({.ephemeral = true, .manage_rate_limit_rpm = 1'000'000, .quiet = true});
    std::vector<std::unique_ptr<Key>> keys;
    for (int i = 0; i < 24; ++i) keys.push_back(createKey(gateway));
    Tally tally;
    std::atomic<int> left{kRequests};
    std::atomic<bool> finished{false};
    std::vector<std::thread> clients;
    for (int c = 0; c < kClients; ++c) {
      clients.emplace_back([&, c] {
        std::mt19937 random(static_cast<unsigned>(c));
        while (left.fetch_sub(1) > 0) request(gateway, *keys[random() % keys.size()], tally);
      });
    }
    std::thread churn([&] {
      for (size_t i = 0; i < keys.size() / 2 && !finished; ++i) {
        createKey(gateway);
        const Answer answer = manageOf(gateway).del("/manage/v1/api-keys/" + keys[i]->id);
        CHECK(answer.status == 200);
        keys[i]->revoked = true;
      }
    });
    for (auto& client : clients) client.join();
    finished = true;
    churn.join();
    CHECK(tally.served + tally.refused == kRequests);
    CHECK(tally.server_errors == 0);
    CHECK(tally.other == 0);
    CHECK(tally.served_after_revocation == 0);
    CHECK(tally.refused > 0);
    CHECK(loggedRows(gateway) == static_cast<size_t>(tally.served.load()));
  }

  TEST_CASE("a refusal by the rate limit consumes nothing and says when to come back") {
    Gateway gateway = Gateway::start({.ephemeral = true, .rate_limit_rpm = 3, .quiet = true});
    const std::string body =
        R"({"model":"@default","max_tokens":2,"messages":[{"role":"user","content":"x"}]})";
    for (int i = 0; i < 3; ++i) {
      const Answer answer = proxyOf(gateway).post("/v1/chat/completions", body);
      CHECK(answer.status == 200);
      CHECK(answer.header("x-ratelimit-limit-requests") == "3");
      CHECK(answer.header("x-ratelimit-remaining-requests") == std::to_string(2 - i));
    }
    for (int i = 0; i < 10; ++i) {
      const Answer answer = proxyOf(gateway).post("/v1/chat/completions", body);
      CHECK(answer.status == 429);
      CHECK(answer.body.find(R"("code":"rate_limit_exceeded")") != std::string::npos);
      // 20 s a request; had refusals been counted, the wait would grow.
      const int seconds = std::stoi(answer.header("Retry-After"));
      CHECK(seconds >= 1);
      CHECK(seconds <= 20);
    }
  }

  TEST_CASE("stopping lets a stream under way finish") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    std::mutex mutex;
    std::condition_variable first_bytes;
    bool started = false;
    std::string received;
    std::thread client([&] {
      httplib::Client http(gateway.proxyUrl());
      httplib::Request ask;
      ask.method = "POST";
      ask.path = "/v1/chat/completions";
      ask.body =
          R"({"model":"demo/demo-chat:pace=10,tokens=30","stream":true,"messages":[{"role":"user","content":"x"}]})";
      ask.headers = {{"Authorization", "Bearer " + gateway.projectKey()},
                     {"Content-Type", "application/json"}};
      ask.content_receiver = [&](const char* data, size_t size, uint64_t, uint64_t) {
        std::lock_guard lock(mutex);
        received.append(data, size);
        started = true;
        first_bytes.notify_one();
        return true;
      };
      http.send(ask);
    });
    {
      std::unique_lock lock(mutex);
      first_bytes.wait(lock, [&] { return started; });
    }
    CHECK(gateway.stop());
    client.join();
    CHECK(received.ends_with("data: [DONE]\n\n"));
  }

  TEST_CASE("no secret shows in answers, metrics or the files of the store") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const std::string canary = "sk-canary-77-0123456789abcdef";
    manageOf(gateway).post("/manage/v1/providers",
                           R"({"verify":false,"vendor":"openai","name":"up","api_key":")" + canary +
                               R"(","base_url":"http://127.0.0.1:9/v1","private":true})");
    const std::string body = R"({"model":"up/m","messages":[{"role":"user","content":"x"}]})";
    std::string everything;
    const auto byok = [&] {
      return proxyOf(gateway)
          .send("POST", "/v1/chat/completions", body,
                {{"X-Modelux-Provider-Key", canary + "-byok"}})
          .body;
    };
    everything += byok();  // refused
    Api manage = manageOf(gateway);
    allowProviderKeys(manage);
    everything += byok();
    everything += proxyOf(gateway).post("/v1/chat/completions", body).body;
    gateway.flushLogs();
    for (const char* path : {"/manage/v1/providers", "/manage/v1/logs", "/manage/v1/api-keys",
                             "/manage/v1/management-keys", "/metrics"}) {
      everything += manageOf(gateway).get(path).body;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(gateway.dataDir())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      everything.append(std::istreambuf_iterator<char>(file), {});
    }
    for (const std::string& secret : {canary, gateway.projectKey(), gateway.managementKey()}) {
      CHECK(everything.find(secret) == std::string::npos);
    }
  }
}
