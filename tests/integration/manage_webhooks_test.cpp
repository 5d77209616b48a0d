#include <doctest/doctest.h>
#include <openssl/hmac.h>

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "integration/manage_support.h"
#include "integration/webhook_receiver.h"
#include "support/http_server.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// As the specification writes it: lower-case hex HMAC-SHA256 of the raw body with the secret.
std::string specified(const std::string& secret, const std::string& body) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

Answer addEndpoint(Api& api, const Receiver& receiver, const std::string& types = "") {
  const Answer made =
      api.post("/manage/v1/webhooks/endpoints", R"({"private":true,"url":")" + receiver.url() +
                                                    R"(","event_types":[)" + types + "]}");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return made;
}

std::string configPath(Api& api) {
  return "/manage/v1/routing-configs/" + listAll(api, "/routing-configs", "id").at(0);
}

}  // namespace

TEST_SUITE("manage/webhooks") {
  TEST_CASE(
      "a change of a routing config is told, signed so that the specification's check accepts") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Receiver receiver;
    const Answer endpoint = addEndpoint(api, receiver, R"("routing_config.updated")");
    const std::string secret = dataText(endpoint, "signing_secret");
    CHECK(secret.starts_with("whsec_"));
    const std::string path = "/manage/v1/webhooks/endpoints/" + dataText(endpoint, "id");
    CHECK_FALSE(contains(api.get(path).body, secret));
    REQUIRE(api.patch(configPath(api), R"({"name":"Renamed"})").status == 200);
    const auto received = receiver.waitFor(1);
    REQUIRE(received.size() == 1);
    CHECK(received[0].event == "routing_config.updated");
    CHECK(received[0].signature == specified(secret, received[0].body));
    CHECK(received[0].previous.empty());
    const auto event = parsed(received[0].body);
    CHECK(event.root().stringAt("type") == "routing_config.updated");
    CHECK(event.root().find("data")->stringAt("name") == "Renamed");
    CHECK(event.root().find("data")->stringAt("routing_config_id").has_value());
    // For a day after a rotation both secrets sign.
    const std::string fresh = dataText(api.post(path + "/rotate-secret", ""), "signing_secret");
    REQUIRE(api.patch(configPath(api), R"({"name":"Again"})").status == 200);
    const auto second = receiver.waitFor(2).at(1);
    CHECK(second.signature == specified(fresh, second.body));
    CHECK(second.previous == specified(secret, second.body));
  }

  TEST_CASE("a revoked key, a test and a replay are told; other types are not") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Receiver receiver;
    const std::string path = "/manage/v1/webhooks/endpoints/" +
                             dataText(addEndpoint(api, receiver, R"("api_key.revoked")"), "id");
    REQUIRE(api.patch(configPath(api), R"({"name":"Untold"})").status == 200);
    const Answer key = api.post("/manage/v1/api-keys", R"({"name":"gone"})");
    REQUIRE(api.del("/manage/v1/api-keys/" + dataText(key, "id")).status == 200);
    CHECK(receiver.waitFor(1).at(0).event == "api_key.revoked");
    CHECK_FALSE(contains(receiver.waitFor(1).at(0).body, dataText(key, "key")));
    REQUIRE(api.post(path + "/test", R"({"event_type":"budget.exceeded"})").status == 201);
    CHECK(receiver.waitFor(2).at(1).event == "budget.exceeded");
    CHECK(contains(receiver.waitFor(2).at(1).body, R"("test":true)"));
    const auto sent = listAll(api, "/webhooks/deliveries?event_type=api_key.revoked", "id");
    REQUIRE(sent.size() == 1);
    REQUIRE(api.post("/manage/v1/webhooks/deliveries/" + sent[0] + "/replay", "").status == 201);
    const auto all = receiver.waitFor(3);
    REQUIRE(all.size() == 3);
    CHECK(all[2].body == all[0].body);
    CHECK(all[2].delivery != all[0].delivery);
    const Answer audit = api.get("/manage/v1/audit-logs?action=webhook_delivery.replayed");
    CHECK(contains(audit.body, R"("before":null,"after":{"id":"whd_)"));
    const Answer first = api.get("/manage/v1/webhooks/deliveries/" + sent[0]);
    CHECK(contains(first.body, R"("event":{"id":"evt_)"));
    CHECK(api.post(path + "/test", R"({"event_type":"no.such"})").status == 422);
  }

  TEST_CASE(
      "a receiver that is down for an hour gets everything once it is back, restarts between") {
    TempDir dir;
    std::atomic<int64_t> now = 1'800'000'000'000;
    GatewayOptions options = quietOptions();
    options.ephemeral = false;
    options.data_dir = dir.path().string();
    options.proxy_listen = options.manage_listen = "127.0.0.1:0";
    options.wall_clock = [&now] { return now.load(); };
    Receiver receiver;
    receiver.down = true;
    std::string key;
    std::string secret;
    constexpr int kEvents = 5;
    {
      Gateway gateway = Gateway::start(options);
      key = gateway.managementKey();
      Api api = manageOf(gateway);
      secret = dataText(addEndpoint(api, receiver), "signing_secret");
      for (int i = 0; i < kEvents; ++i) {
        REQUIRE(api.patch(configPath(api), R"({"name":"v)" + std::to_string(i) + R"("})").status ==
                200);
      }
      receiver.waitForAttempts(1);
    }
    now += 30 * 60'000;
    {
      Gateway gateway = Gateway::start(options);  // tries again, in vain, and is stopped again
      receiver.waitForAttempts(2);
    }
    now += 30 * 60'000;
    receiver.down = false;
    Gateway gateway = Gateway::start(options);
    Api api(gateway.manageUrl(), key);
    // The back-off may still run for some: let its time pass.
    std::vector<Received> received = receiver.waitFor(1);
    for (int hours = 0; hours < 24 && received.size() < kEvents; ++hours) {
      now += 3'600'000;
      REQUIRE(api.get("/manage/v1/projects").status == 200);
      received = receiver.waitFor(kEvents);
    }
    std::map<std::string, int> times;
    for (const Received& one : received) {
      ++times[one.delivery];
      CHECK(one.signature == specified(secret, one.body));
    }
    CHECK(times.size() == kEvents);
    CHECK(received.size() == kEvents);
    // The receiver knows before the outbox does.
    CHECK(eventually(
        [&] { return listAll(api, "/webhooks/deliveries?status=pending", "id").empty(); }));
  }

  TEST_CASE("endpoints are checked, and Slack's are known") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    runScenarios(
        api,
        {{"no url", "POST", "/webhooks/endpoints", "{}", 422, {"/url"}},
         {"no http", "POST", "/webhooks/endpoints", R"({"url":"ftp://a/b"})", 422, {"/url"}},
         {"metadata service",
          "POST",
          "/webhooks/endpoints",
          R"({"url":"http://169.254.169.254/latest"})",
          422,
          {"/url", "private"}},
         {"unknown type",
          "POST",
          "/webhooks/endpoints",
          R"({"url":"https://hooks.invalid","event_types":["api_key.revoked","x"]})",
          422,
          {"/event_types/1"}},
         {"Slack",
          "POST",
          "/webhooks/endpoints",
          R"({"url":"https://hooks.slack.com/services/T/B/x"})",
          201,
          {R"("format":"slack")"}},
         {"types", "GET", "/webhooks/event-types", "", 200, {"provider.health_changed"}},
         {"unknown", "GET", "/webhooks/endpoints/whe_x", "", 404, {"webhook_endpoint_not_found"}},
         {"delivery",
          "GET",
          "/webhooks/deliveries/whd_x",
          "",
          404,
          {"webhook_delivery_not_found"}}});
  }
}
