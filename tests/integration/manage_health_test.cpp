// What the gateway learns of providers, as the management API, /metrics and webhooks tell it.
#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"
#include "integration/webhook_receiver.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kAnswer =
    R"({"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}})";

// Answers by the model's name: "fails" with 500, all else with an answer.
void reply(const http::ExchangePtr& exchange) {
  const bool fails = contains(std::string(exchange->request().body), R"("fails")");
  exchange->respond({fails ? 500 : 200, "application/json", fails ? "{}" : kAnswer, {}});
}

std::string providerBody(const FakeUpstream& upstream, const std::string& more = "") {
  return R"({"verify":false,"vendor":"openai","name":"up","private":true,)"
         R"("api_key":"sk-1234567890","base_url":")" +
         upstream.baseUrl() + "\"" + more + "}";
}

int chat(Api& proxy, const std::string& model) {
  return proxy
      .post("/v1/chat/completions",
            R"({"model":"up/)" + model + R"(","messages":[{"role":"user","content":"x"}]})")
      .status;
}

}  // namespace

TEST_SUITE("manage/health") {
  TEST_CASE("limits of a provider are kept, exported and taken away again") {
    const FakeUpstream upstream{reply};
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post(
        "/manage/v1/providers",
        providerBody(
            upstream,
            R"(,"quota_group":"org-1","max_concurrency":8,"probe_interval_seconds":3600)"));
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const std::string path = "/manage/v1/providers/" + dataText(made, "id");
    const Answer shown = api.get(path);
    CHECK(dataText(shown, "quota_group") == "org-1");
    CHECK(dataText(shown, "max_concurrency") == "8");
    CHECK(dataText(shown, "probe_interval_seconds") == "3600");
    CHECK(contains(api.get("/manage/v1/config/export").body, R"("quota_group":"org-1")"));
    const Answer refused =
        api.patch(path, R"({"max_concurrency":0,"probe_interval_seconds":4,"quota_group":""})");
    CHECK(refused.status == 422);
    CHECK(errorParams(refused).size() == 3);
    const Answer cleared =
        api.patch(path, R"({"max_concurrency":null,"probe_interval_seconds":null})");
    CHECK(cleared.status == 200);
    CHECK(dataText(cleared, "max_concurrency") == "null");
    CHECK(dataText(cleared, "quota_group") == "org-1");
  }

  TEST_CASE("traffic shows in the provider's health and in the metrics") {
    const FakeUpstream upstream{reply};
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    const std::string id = dataText(api.post("/manage/v1/providers", providerBody(upstream)), "id");
    CHECK(dataText(api.get("/manage/v1/providers/" + id + "/health"), "state") == "unknown");
    for (int i = 0; i < 3; ++i) CHECK(chat(proxy, "good") == 200);
    for (int i = 0; i < 10; ++i) CHECK(chat(proxy, "fails") >= 500);
    const Answer health = api.get("/manage/v1/providers/" + id + "/health");
    CHECK(dataText(health, "state") == "unhealthy");
    const std::string targets = dataText(health, "targets");
    CHECK(contains(targets, R"("model":"good","state":"ready")"));
    CHECK(contains(targets, R"("samples":3)"));
    CHECK(contains(targets, R"("reason":"breaker open")"));
    const std::string metrics = api.get("/metrics").body;
    const std::string of_good = R"({provider=")" + id + R"(",model="good")";
    const std::string of_failing = R"({provider=")" + id + R"(",model="fails")";
    CHECK(contains(metrics, "penstock_target_success_rate" + of_good + "} 1\n"));
    CHECK(contains(metrics, "penstock_target_success_rate" + of_failing + "} 0\n"));
    CHECK(contains(metrics, "penstock_target_breaker_open" + of_failing + "} 1\n"));
    CHECK(contains(metrics, "penstock_target_latency_seconds" + of_good + R"(,quantile="0.95"})"));
    CHECK_FALSE(contains(metrics, "penstock_target_latency_seconds" + of_failing));
  }

  TEST_CASE("a provider that asks for it is probed") {
    FakeUpstream upstream{answering(R"({"object":"list","data":[]})")};
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    REQUIRE(
        api.post("/manage/v1/providers", providerBody(upstream, R"(,"probe_interval_seconds":5)"))
            .status == 201);
    REQUIRE(upstream.waitSeen(1));
    const Seen probe = upstream.seen().front();
    CHECK(probe.method == "GET");
    CHECK(probe.target == "/v1/models");
    CHECK(probe.header("authorization") == "Bearer sk-1234567890");
  }

  TEST_CASE("a provider that fails is told to those who wait for it") {
    const FakeUpstream upstream{reply};
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    Receiver receiver;
    REQUIRE(api.post("/manage/v1/webhooks/endpoints",
                     R"({"private":true,"url":")" + receiver.url() +
                         R"(","event_types":["provider.health_changed"]})")
                .status == 201);
    const std::string id = dataText(api.post("/manage/v1/providers", providerBody(upstream)), "id");
    for (int i = 0; i < 10; ++i) chat(proxy, "fails");
    const auto received = receiver.waitFor(1);
    REQUIRE(received.size() == 1);
    CHECK(contains(received[0].body, R"("provider_id":")" + id));
    CHECK(contains(received[0].body, "unhealthy"));
    CHECK_FALSE(contains(received[0].body, "sk-1234567890"));
  }
}
