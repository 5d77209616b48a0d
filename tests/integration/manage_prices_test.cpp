#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string chat(const std::string& model, const std::string& rest = "") {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"tell me"}])" + rest +
         "}";
}

std::string golden(const std::string& name) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../golden/prices/import" /
                     name);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string idOf(const Answer& answer) { return answer.header("X-Modelux-Request-Id"); }

Answer costOf(Api& api, const std::string& request_id) {
  return api.get(std::string(kBase) + "/logs/" + request_id + "/cost");
}

void setPolicy(Api& api, const std::string& policy) {
  const Answer set = api.patch(std::string(kBase) + "/projects/default",
                               R"({"settings":{"unknown_model_policy":")" + policy + R"("}})");
  REQUIRE_MESSAGE(set.status == 200, set.body);
}

}  // namespace

TEST_SUITE("manage/prices") {
  TEST_CASE("a price is set, shown, changed and deleted") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer made = api.post(
        std::string(kBase) + "/prices",
        R"({"provider":"openai","model":"My-Model*","starts_at":"2026-01-01","context_window":1000,
            "pricing":{"input":2.5,"output":10,"web_search":0.01,
                       "tiers":[{"above_input_tokens":200000,"input":5,"output":15}]}})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const std::string id = dataText(made, "id");
    CHECK(dataText(made, "model") == "my-model*");
    runScenarios(
        api,
        {{"show",
          "GET",
          "/prices/" + id,
          "",
          200,
          {R"("input":2.5)", R"("cache_read":2.5)", R"("web_search":0.01)",
           R"("above_input_tokens":200000)", R"("output_reasoning":15)", R"("source":"manual")"}},
         {"list", "GET", "/prices?provider=openai", "", 200, {id}},
         {"other list", "GET", "/prices?provider=groq", "", 200, {}, {id}},
         {"same again",
          "POST",
          "/prices",
          R"({"provider":"openai","model":"my-model*","starts_at":"2026-01-01","pricing":{"input":1}})",
          409,
          {"price_exists"}},
         {"change",
          "PATCH",
          "/prices/" + id,
          R"({"pricing":{"input":3},"starts_at":null,"max_output_tokens":50})",
          200,
          {R"("input":3,)", R"("tiers":[])", R"("starts_at":null)", R"("max_output_tokens":50)"}},
         {"delete", "DELETE", "/prices/" + id, "", 200, {R"("deleted":true)"}},
         {"gone", "GET", "/prices/" + id, "", 404, {"not_found"}},
         {"audit",
          "GET",
          "/audit-logs?resource_type=price",
          "",
          200,
          {"price.created", "price.updated", "price.deleted"}}});
  }

  TEST_CASE("what is wrong with a price is told by field") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const Answer wrong =
        api.post(std::string(kBase) + "/prices",
                 R"({"provider":"nobody","model":"a*b","starts_at":"soon","context_window":0,
            "pricing":{"input":-1,"output":0.00000001,"colour":1,"tiers":[{"above_input_tokens":5}]}})");
    CHECK(wrong.status == 422);
    for (const char* param :
         {"/provider", "/model", "/starts_at", "/context_window", "/pricing/input",
          "/pricing/output", "/pricing/colour", "/pricing/tiers/0"}) {
      CHECK_MESSAGE(contains(wrong.body, std::string("\"") + param + "\""), wrong.body);
    }
    // Less than a picodollar a token is a price, not none.
    const Answer fine = api.post(std::string(kBase) + "/prices",
                                 R"({"provider":"openai","model":"m","pricing":{"input":1e-9}})");
    CHECK(errorParams(fine) == std::vector<std::string>{"/pricing/input"});
    CHECK(api.post(std::string(kBase) + "/prices", "{}").status == 422);
    CHECK(api.post(std::string(kBase) + "/prices",
                   R"({"provider":"openai","model":"m","pricing":{}})")
              .status == 422);
  }

  TEST_CASE("a price holds from the next request on, and what was recorded stays explained") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    const Answer before = proxy.post("/v1/chat/completions", chat("demo/demo-chat"));
    REQUIRE(before.status == 200);
    const Answer made = api.post(
        std::string(kBase) + "/prices",
        R"({"provider":"demo","model":"demo-chat","pricing":{"input":7,"output":9,"request":0.5}})");
    REQUIRE(made.status == 201);
    const Answer after = proxy.post("/v1/chat/completions", chat("demo/demo-chat"));
    const Answer new_cost = costOf(api, idOf(after));
    INFO(new_cost.body);
    CHECK(new_cost.status == 200);
    CHECK(dataText(new_cost, "basis") == "override");
    CHECK(dataText(new_cost, "adds_up") == "true");
    CHECK(contains(new_cost.body, R"("kind":"request","quantity":1)"));
    CHECK(contains(new_cost.body, R"("rate_usd":7,"rate_per":"million_tokens")"));
    const Answer old_cost = costOf(api, idOf(before));
    INFO(old_cost.body);
    CHECK(dataText(old_cost, "basis") == "catalogue");
    CHECK(dataText(old_cost, "adds_up") == "true");
    CHECK(contains(old_cost.body, R"("rate_usd":0.1,)"));
    CHECK(contains(dataText(old_cost, "note"), "when the request was made"));
    CHECK(dataText(old_cost, "catalogue_version") != dataText(new_cost, "catalogue_version"));
    CHECK(costOf(api, "nothing").status == 404);
  }

  TEST_CASE("a model without a price is charged the dearest rates, denied or free") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    const std::string unknown = chat("demo/demo-unheard-of");
    const Answer ceiling = proxy.post("/v1/chat/completions", unknown);
    if (ceiling.status == 200) {
      CHECK(dataText(costOf(api, idOf(ceiling)), "basis") == "ceiling");
      CHECK(contains(dataText(costOf(api, idOf(ceiling)), "note"), "dearest"));
      CHECK(contains(api.get("/metrics").body, "penstock_ceiling_priced_requests_total{"));
    }
    setPolicy(api, "deny");
    const Answer denied = proxy.post("/v1/chat/completions", unknown);
    CHECK(denied.status == 403);
    CHECK(errorCode(denied) == "model_not_priced");
    CHECK(proxy.post("/v1/chat/completions", chat("demo/demo-chat")).status == 200);
    setPolicy(api, "free");
    const Answer free = proxy.post("/v1/chat/completions", unknown);
    if (free.status == 200) {
      CHECK(dataText(costOf(api, idOf(free)), "basis") == "free");
      CHECK(dataText(costOf(api, idOf(free)), "total_usd") == "0");
    }
    CHECK(api.patch(std::string(kBase) + "/projects/default",
                    R"({"settings":{"unknown_model_policy":"maybe"}})")
              .status == 422);
  }

  TEST_CASE("price lists are imported as a whole, and tell what they leave out") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string list = R"("litellm":)" + golden("litellm.json");
    const auto import = [&](const std::string& body) {
      const Answer answer = api.post(std::string(kBase) + "/prices/import", body);
      CHECK_MESSAGE(answer.status == 200, answer.body);
      return answer;
    };
    const Answer rehearsed = import(R"({"dry_run":true,)" + list + "}");
    CHECK(dataText(rehearsed, "created") == "5");
    CHECK(dataText(rehearsed, "skipped_count") == "4");
    CHECK(contains(rehearsed.body, "output_cost_per_second"));
    CHECK(listAll(api, "/prices", "id").empty());
    const Answer missing = import(R"({"only_missing":true,)" + list + "}");
    CHECK(dataText(missing, "already_priced") == "4");
    CHECK(listAll(api, "/prices", "model") ==
          std::vector<std::string>{"1024-x-1024/50-steps/bedrock/amazon.nova-canvas-v1:0"});
    CHECK(dataText(import("{" + list + "}"), "created") == "4");
    CHECK(dataText(import("{" + list + "}"), "unchanged") == "5");
    const Answer other = import(R"({"models_dev":)" + golden("models_dev.json") + "}");
    CHECK(dataText(other, "created") == "1");
    CHECK(dataText(other, "updated") == "1");
    for (const char* body : {"{}", R"({"litellm":5})", R"({"litellm":{},"models_dev":{}})"}) {
      CHECK(api.post(std::string(kBase) + "/prices/import", body).status == 422);
    }
  }
}
