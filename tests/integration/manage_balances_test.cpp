#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// A gateway whose demo costs something, with a balance.
struct Prepaid {
  explicit Prepaid(const std::string& balance) {
    const Answer priced =
        api.post("/manage/v1/prices",
                 R"({"provider":"demo","model":"demo-chat","pricing":{"input":10,"output":1000}})");
    REQUIRE_MESSAGE(priced.status == 201, priced.body);
    const Answer made = api.post("/manage/v1/balances", balance);
    REQUIRE_MESSAGE(made.status == 201, made.body);
    path = std::string(kBase) + "/balances/" + dataText(made, "id");
  }

  int chat() const {
    Api proxy = proxyOf(gateway);
    return proxy
        .post(
            "/v1/chat/completions",
            R"({"model":"demo/demo-chat","max_tokens":8,"messages":[{"role":"user","content":"x"}]})")
        .status;
  }
  Answer entry(const std::string& type, int64_t nanos) {
    return api.post(path + "/entries", R"({"type":")" + type + R"(","amount_usd":")" +
                                           (nanos < 0 ? "-" : "") + usd(std::abs(nanos)) + R"("})");
  }
  static std::string usd(int64_t nanos) {
    const std::string digits = std::to_string(nanos % 1'000'000'000 + 1'000'000'000);
    return std::to_string(nanos / 1'000'000'000) + "." + digits.substr(1);
  }
  static int64_t nanos(const Answer& answer, const std::string& name) {
    return std::llround(std::stod(dataText(answer, name)) * 1e9);
  }
  // As it is when nothing is under way any more: what is answered is settled a moment later.
  Answer atRest() {
    Answer now = api.get(path);
    for (int i = 0; i < 100 && dataText(now, "reserved_usd") != "0"; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      now = api.get(path);
    }
    return now;
  }
  // How often it was told to be low; waits a while for `at_least`.
  size_t told(size_t at_least) {
    for (int i = 0; i < 100 && lows() < at_least; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return lows();
  }
  size_t lows() { return listAll(api, "/webhooks/deliveries?event_type=balance.low", "id").size(); }

  static GatewayOptions unlimited() {
    GatewayOptions options = quietOptions();
    options.rate_limit_rpm = 10'000'000;
    return options;
  }
  Gateway gateway = Gateway::start(unlimited());
  Api api = manageOf(gateway);
  std::string path;
};

}  // namespace

TEST_SUITE("manage/balances") {
  TEST_CASE("a balance is made, topped up, changed and deleted") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post("/manage/v1/balances", R"({"credit_usd":"20.5"})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    CHECK(contains(made.body, R"("api_key_id":null,"credit_usd":20.5,"low_threshold_usd":10,)"
                              R"("daily_cap_usd":null,"timezone":"UTC","low_alerted":false)"));
    CHECK(contains(made.body,
                   R"("spent_usd":0,"reserved_usd":0,"remaining_usd":20.5,"today_usd":null)"));
    const std::string path = "/balances/" + dataText(made, "id");
    runScenarios(api, {{"one a project", "POST", "/balances", "{}", 409, {"balance_exists"}},
                       {"read", "GET", path, "", 200, {R"("remaining_usd":20.5)"}},
                       {"a daily cap",
                        "PATCH",
                        path,
                        R"({"daily_cap_usd":5,"timezone":"Europe/Berlin"})",
                        200,
                        {R"("daily_cap_usd":5,"timezone":"Europe/Berlin")", R"("today_usd":0)"}},
                       {"none again",
                        "PATCH",
                        path,
                        R"({"daily_cap_usd":null,"low_threshold_usd":0})",
                        200,
                        {R"("low_threshold_usd":0,"daily_cap_usd":null)"}},
                       {"top up",
                        "POST",
                        path + "/entries",
                        R"({"type":"top_up","amount_usd":0.000000001,"note":"invoice 7"})",
                        201,
                        {R"("credit_usd":20.500000001)"}},
                       {"refund",
                        "POST",
                        path + "/entries",
                        R"({"type":"refund","amount_usd":1})",
                        201,
                        {R"("credit_usd":21.500000001)"}},
                       {"adjust down",
                        "POST",
                        path + "/entries",
                        R"({"type":"adjustment","amount_usd":"-21.5"})",
                        201,
                        {R"("credit_usd":0.000000001)"}},
                       {"below nothing",
                        "POST",
                        path + "/entries",
                        R"({"type":"adjustment","amount_usd":-1})",
                        409,
                        {"credit_out_of_range"}},
                       {"what is wrong",
                        "POST",
                        path + "/entries",
                        R"({"type":"gift","amount_usd":0,"x":1})",
                        422,
                        {R"("param":"/type")", R"("param":"/amount_usd")", R"("param":"/x")"}},
                       {"a top-up that takes",
                        "POST",
                        path + "/entries",
                        R"({"type":"top_up","amount_usd":-1})",
                        422,
                        {R"("param":"/amount_usd")"}},
                       {"an adjustment of nothing",
                        "POST",
                        path + "/entries",
                        R"({"type":"adjustment","amount_usd":0})",
                        422,
                        {R"("param":"/amount_usd")"}}});
    const Answer entries = api.get(kBase + path + "/entries");
    for (const char* amount : {"20.5", "0.000000001", "1", "-21.5"}) {
      CHECK(contains(entries.body, std::string(R"("amount_usd":)") + amount + ","));
    }
    // Ids of one millisecond are in no order.
    auto types = listAll(api, path + "/entries", "type", 1);
    std::sort(types.begin(), types.end());
    CHECK(types == std::vector<std::string>{"adjustment", "refund", "top_up", "top_up"});
    CHECK(contains(entries.body, "invoice 7"));
    CHECK(
        contains(api.get("/manage/v1/audit-logs?action=balance_entry.created").body, "invoice 7"));
    CHECK(api.del(kBase + path).status == 200);
    CHECK(api.get(kBase + path).status == 404);
    CHECK(api.post("/manage/v1/balances", "{}").status == 201);
  }

  TEST_CASE("a key may have one of its own, of its own project") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    api.post("/manage/v1/projects", R"({"name":"Other"})");
    const Answer key = api.post("/manage/v1/api-keys", R"({"name":"k","project_id":"other"})");
    const std::string id = dataText(key, "id");
    const Answer made = api.post("/manage/v1/balances", R"({"api_key_id":")" + id + R"("})");
    CHECK(made.status == 201);
    CHECK(dataText(made, "project_id") == dataText(key, "project_id"));
    CHECK(listAll(api, "/balances?project_id=other", "api_key_id") == std::vector<std::string>{id});
    runScenarios(
        api,
        {{"once", "POST", "/balances", R"({"api_key_id":")" + id + R"("})", 409},
         {"of another project",
          "POST",
          "/balances",
          R"({"project_id":"default","api_key_id":")" + id + R"("})",
          422,
          {R"("param":"/api_key_id")"}},
         {"no such key",
          "POST",
          "/balances",
          R"({"api_key_id":"key_x"})",
          422,
          {R"("param":"/api_key_id")"}},
         {"wrong amounts",
          "POST",
          "/balances",
          R"({"project_id":"other","credit_usd":-1,"low_threshold_usd":"a","daily_cap_usd":true,"timezone":"x"})",
          422,
          {R"("param":"/credit_usd")", R"("param":"/low_threshold_usd")",
           R"("param":"/daily_cap_usd")", R"("param":"/timezone")"}}});
  }

  TEST_CASE("balance.low is told once each time a balance becomes low, however it does") {
    Prepaid prepaid(R"({"credit_usd":1,"low_threshold_usd":0.5})");
    REQUIRE(prepaid.api
                .post("/manage/v1/webhooks/endpoints",
                      R"({"url":"https://hooks.invalid/hook","event_types":["balance.low"]})")
                .status == 201);
    const auto threshold = [&](const std::string& usd) {
      return prepaid.api.patch(prepaid.path, R"({"low_threshold_usd":)" + usd + "}");
    };
    CHECK(prepaid.chat() == 200);
    CHECK(prepaid.entry("adjustment", -600'000'000).status == 201);  // below it, by an adjustment
    CHECK(prepaid.told(1) == 1);
    CHECK(dataText(prepaid.api.get(prepaid.path), "low_alerted") == "true");
    CHECK(prepaid.chat() == 200);
    CHECK(prepaid.entry("adjustment", -100'000'000).status == 201);  // lower, but not anew
    const Answer topped = prepaid.entry("top_up", 700'000'000);
    CHECK(dataText(topped, "low_alerted") == "false");
    CHECK(threshold("2").status == 200);  // by a higher threshold
    CHECK(prepaid.told(2) == 2);
    CHECK(dataText(threshold("0.9"), "low_alerted") == "false");
    CHECK(prepaid.entry("adjustment", -80'000'000).status == 201);
    CHECK(prepaid.lows() == 2);
    for (int i = 0; i < 20 && prepaid.lows() < 3; ++i) CHECK(prepaid.chat() == 200);
    CHECK(prepaid.told(3) == 3);
    // Topped up so little that the next request makes it low again.
    const int64_t left = prepaid.nanos(prepaid.atRest(), "remaining_usd");
    CHECK(dataText(prepaid.entry("top_up", 900'000'000 - left), "low_alerted") == "false");
    CHECK(prepaid.chat() == 200);
    CHECK(prepaid.told(4) == 4);
    CHECK(prepaid.chat() == 200);
    CHECK(prepaid.lows() == 4);
  }

  TEST_CASE("credit is never taken out from under requests that come meanwhile") {
    Prepaid prepaid(R"({"credit_usd":5})");
    std::atomic<bool> done{false};
    std::vector<std::jthread> callers;
    for (int t = 0; t < 4; ++t) {
      callers.emplace_back([&] {
        while (!done) prepaid.chat();
      });
    }
    int taken_out = 0;
    for (int i = 0; i < 60; ++i) {
      const Answer before = prepaid.api.get(prepaid.path);
      const int64_t left = prepaid.nanos(before, "remaining_usd");
      constexpr int64_t kSpare = 20'000'000;  // a request or two may come before
      const Answer out = prepaid.entry("adjustment", kSpare - left);
      if (out.status == 201) {
        ++taken_out;
        for (int look = 0; look < 5; ++look) {
          const Answer now = prepaid.api.get(prepaid.path);
          CHECK(prepaid.nanos(now, "spent_usd") + prepaid.nanos(now, "reserved_usd") <=
                prepaid.nanos(now, "credit_usd"));
        }
      } else {
        CHECK(errorCode(out) == "credit_below_spent");
      }
      CHECK(prepaid.entry("top_up", 500'000'000).status == 201);
    }
    done = true;
    callers.clear();
    CHECK(taken_out > 0);
    CHECK(prepaid.nanos(prepaid.atRest(), "spent_usd") > 0);
  }

  TEST_CASE("a repeated top-up under one Idempotency-Key is booked once") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post("/manage/v1/balances", "{}");
    const std::string path = kBase + ("/balances/" + dataText(made, "id")) + "/entries";
    for (int i = 0; i < 3; ++i) {
      const Answer answer = api.send("POST", path, R"({"type":"top_up","amount_usd":7})",
                                     {{"Idempotency-Key", "pay-1"}});
      CHECK(answer.status == 201);
      CHECK(dataText(answer, "credit_usd") == "7");
    }
  }
}
