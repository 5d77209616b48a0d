#include <doctest/doctest.h>

#include <string>

#include "manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// A key of the default project with these fields, as a caller of the proxy.
Api keyWith(Gateway& gateway, const std::string& fields) {
  Api manage = manageOf(gateway);
  const Answer answer =
      manage.post(std::string(kBase) + "/api-keys", R"({"name":"k",)" + fields + "}");
  REQUIRE_MESSAGE(answer.status == 201, answer.body);
  return {gateway.proxyUrl(), dataText(answer, "key")};
}

std::string chat(const std::string& model) {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"x"}]})";
}

}  // namespace

TEST_SUITE("proxy/access") {
  TEST_CASE("a key confined to addresses works from these only, whatever a header claims") {
    Gateway gateway = quietGateway();
    Api inside = keyWith(gateway, R"("ip_allowlist":["127.0.0.0/8"])");
    CHECK(inside.post("/v1/chat/completions", chat("@default")).status == 200);
    Api outside = keyWith(gateway, R"("ip_allowlist":["10.0.0.0/8"])");
    for (const auto& [method, path, body] :
         {std::tuple{"POST", "/v1/chat/completions", chat("@default")},
          std::tuple{"POST", "/v1/embeddings", std::string(R"({"model":"@default","input":"x"})")},
          std::tuple{"GET", "/v1/models", std::string()},
          std::tuple{"GET", "/v1/models/@default", std::string()}}) {
      INFO(path);
      const Answer answer = outside.send(
          method, path, body, {{"X-Forwarded-For", "10.0.0.1"}, {"X-Real-IP", "10.0.0.1"}});
      CHECK(answer.status == 403);
      CHECK(errorCode(answer) == "ip_not_allowed");
      CHECK(answer.body.find("permission_error") != std::string::npos);
    }
  }

  TEST_CASE("a key confined to models may use and see these only") {
    Gateway gateway = quietGateway();
    Api api = keyWith(gateway, R"("allowed_models":["@default","nobody/*"])");
    CHECK(api.post("/v1/chat/completions", chat("@default")).status == 200);
    const Answer refused = api.post("/v1/chat/completions", chat("demo/demo-chat"));
    CHECK(refused.status == 403);
    CHECK(errorCode(refused) == "model_not_allowed");
    CHECK(api.post("/v1/dry-run", chat("demo/demo-chat")).status == 403);
    const Answer models = api.get("/v1/models");
    CHECK(models.body.find("@default") != std::string::npos);
    CHECK(models.body.find("demo-chat") == std::string::npos);
    CHECK(api.get("/v1/models/demo/demo-chat").status == 404);
  }

  TEST_CASE("callers' own keys for providers are for those whose key says so") {
    Gateway gateway = quietGateway();
    FakeUpstream upstream(answering(
        R"({"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]})"));
    REQUIRE(manageOf(gateway)
                .post(std::string(kBase) + "/providers",
                      R"({"verify":false,"vendor":"openai","name":"up","api_key":"sk-gateway-000",)"
                      R"("private":true,"base_url":")" +
                          upstream.baseUrl() + "\"}")
                .status == 201);
    const httplib::Headers own = {{"X-Modelux-Provider-Key", "sk-own-0123456789abcdef"}};
    const auto ask = [&](Api api) {
      return api.send("POST", "/v1/chat/completions", chat("up/m"), own);
    };
    const Answer refused = ask(keyWith(gateway, R"("description":"")"));
    CHECK(refused.status == 403);
    CHECK(errorCode(refused) == "provider_key_not_allowed");
    CHECK(upstream.seen().empty());
    CHECK(ask(keyWith(gateway, R"("allow_provider_keys":true)")).status == 200);
    CHECK(upstream.seen().at(0).header("Authorization") == "Bearer sk-own-0123456789abcdef");
    CHECK(contains(manageOf(gateway).get(std::string(kBase) + "/logs").body,
                   R"("byok_fingerprint":"sk-o...cdef")"));
  }

  TEST_CASE("a caller's own key goes to the provider of the first target, and to no other") {
    Gateway gateway = quietGateway();
    Api manage = manageOf(gateway);
    FakeUpstream first(answering(R"({"error":{"message":"down"}})", 500));
    FakeUpstream second(answering("{}", 500));
    for (const auto& [name, vendor, url] : {std::tuple{"first", "openai", first.baseUrl()},
                                            std::tuple{"other", "groq", second.baseUrl()},
                                            std::tuple{"second", "openai", first.baseUrl()}}) {
      const Answer made = manage.post(
          std::string(kBase) + "/providers",
          R"({"verify":false,"api_key":"sk-gateway-000","private":true,"vendor":")" +
              std::string(vendor) + R"(","name":")" + name + R"(","base_url":")" + url + "\"}");
      REQUIRE_MESSAGE(made.status == 201, made.body);
    }
    const Answer saved =
        manage.post(std::string(kBase) + "/routing-configs",
                    R"({"name":"C","slug":"c","policy":"fallback_chain","config":{"models":[)"
                    R"({"model":"first/m"},{"model":"other/m"},{"model":"second/m"}]}})");
    REQUIRE_MESSAGE(saved.status == 201, saved.body);
    Api api = keyWith(gateway, R"("allow_provider_keys":true)");
    // However often our own key has failed there.
    for (int i = 0; i < 12; ++i) api.post("/v1/chat/completions", chat("@c"));
    const size_t ours = second.seen().size();
    const Answer answer = api.send("POST", "/v1/chat/completions", chat("@c"),
                                   {{"X-Modelux-Provider-Key", "sk-own-0123456789abcdef"}});
    CHECK(answer.status == 502);
    CHECK(second.seen().size() == ours);
    CHECK(first.seen().back().header("Authorization") == "Bearer sk-own-0123456789abcdef");
    const Answer trace = manage.get(std::string(kBase) + "/logs/" +
                                    answer.header("X-Modelux-Request-Id") + "/trace");
    CHECK(contains(trace.body, "the caller's own key is for 'first'"));
    // Nor by chance: policies that measure or draw lots go by what is written.
    for (const auto& [slug, policy, config] :
         {std::tuple{"x", "single", R"({"model":"first/m"})"},
          std::tuple{"y", "single", R"({"model":"other/m"})"},
          std::tuple{
              "d", "ab_test",
              R"({"variants":[{"weight":20,"config":"@x"},{"weight":80,"config":"@y"}]})"}}) {
      const Answer added =
          manage.post(std::string(kBase) + "/routing-configs",
                      R"({"name":"N","slug":")" + std::string(slug) + R"(","policy":")" + policy +
                          R"(","config":)" + config + "}");
      REQUIRE_MESSAGE(added.status == 201, added.body);
    }
    for (int i = 0; i < 10; ++i)
      api.send("POST", "/v1/chat/completions", chat("@d"),
               {{"X-Modelux-Provider-Key", "sk-own-0123456789abcdef"}});
    for (const Seen& seen : second.seen())
      CHECK_FALSE(contains(seen.header("Authorization"), "sk-own"));
  }

  TEST_CASE("a change of what a key may is in force with the next request") {
    Gateway gateway = quietGateway();
    Api manage = manageOf(gateway);
    const Answer made = manage.post(std::string(kBase) + "/api-keys", R"({"name":"k"})");
    const std::string path = std::string(kBase) + "/api-keys/" + dataText(made, "id");
    Api api(gateway.proxyUrl(), dataText(made, "key"));
    CHECK(api.post("/v1/chat/completions", chat("@default")).status == 200);
    REQUIRE(manage.patch(path, R"({"allowed_models":["@other"]})").status == 200);
    CHECK(api.post("/v1/chat/completions", chat("@default")).status == 403);
    REQUIRE(manage.patch(path, R"({"allowed_models":null,"ip_allowlist":["::1"]})").status == 200);
    CHECK(errorCode(api.post("/v1/chat/completions", chat("@default"))) == "ip_not_allowed");
    REQUIRE(manage.patch(path, R"({"ip_allowlist":null})").status == 200);
    CHECK(api.post("/v1/chat/completions", chat("@default")).status == 200);
  }

  TEST_CASE("a rotation with an overlap keeps the former secret working, one without does not") {
    Gateway gateway = quietGateway();
    Api manage = manageOf(gateway);
    const Answer made = manage.post(std::string(kBase) + "/api-keys", R"({"name":"k"})");
    const std::string path = std::string(kBase) + "/api-keys/" + dataText(made, "id") + "/rotate";
    Api first(gateway.proxyUrl(), dataText(made, "key"));
    const Answer rotated = manage.post(path, R"({"overlap_seconds":3600})");
    REQUIRE(rotated.status == 200);
    Api second(gateway.proxyUrl(), dataText(rotated, "key"));
    CHECK(first.get("/v1/models").status == 200);
    CHECK(second.get("/v1/models").status == 200);
    REQUIRE(manage.post(path, "{}").status == 200);
    CHECK(first.get("/v1/models").status == 401);
    CHECK(second.get("/v1/models").status == 401);
  }
}
