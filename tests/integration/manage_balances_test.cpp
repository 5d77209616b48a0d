#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

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
    CHECK(listAll(api, path + "/entries", "amount_usd") ==
          std::vector<std::string>{"20.5", "1e-9", "1", "-21.5"});
    CHECK(listAll(api, path + "/entries", "note").at(1) == "invoice 7");
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
