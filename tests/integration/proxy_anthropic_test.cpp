// Anthropic's dialect on both sides of the proxy, as bytes on sockets.
#include <doctest/doctest.h>

#include <string>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

constexpr const char* kCompletion =
    R"({"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}})";

void add(Gateway& gateway, const std::string& vendor, const std::string& name,
         const FakeUpstream& upstream) {
  const Answer added = manageOf(gateway).post(
      "/manage/v1/providers",
      R"({"verify":false,"private":true,"api_key":"sk-1234567890","vendor":")" + vendor +
          R"(","name":")" + name + R"(","base_url":")" + upstream.baseUrl() + R"("})");
  REQUIRE_MESSAGE(added.status == 201, added.body);
}

Answer ask(Gateway& gateway, const std::string& path, const std::string& fields) {
  return proxyOf(gateway).post(
      path, R"({"max_tokens":50,"messages":[{"role":"user","content":"Hi"}],)" + fields + "}");
}

}  // namespace

TEST_SUITE("proxy/anthropic") {
  TEST_CASE("a caller of Anthropic's dialect is served by a provider of OpenAI's") {
    FakeUpstream upstream{answering(kCompletion)};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "up", upstream);
    const Answer answer =
        ask(gateway, "/anthropic/v1/messages", R"("model":"up/m","system":"Be kind","top_k":5)");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    const auto sent = parsed(upstream.seen().front().body);
    CHECK(upstream.seen().front().target == "/v1/chat/completions");
    CHECK(sent.root().stringAt("model") == "m");
    CHECK(sent.root().find("messages")->at(0).stringAt("content") == "Be kind");
    CHECK(sent.root().intAt("max_tokens") == 50);
    CHECK(answer.header("X-Penstock-Dropped") == "top_k");
    const auto message = parsed(answer.body);
    CHECK(message.root().stringAt("type") == "message");
    CHECK(message.root().find("content")->at(0).stringAt("text") == "Hello there");
    CHECK(message.root().find("usage")->intAt("output_tokens") == 3);
    CHECK(answer.header("X-Modelux-Provider-Used") == "openai");
  }

  TEST_CASE("a project may rather refuse than have something left out, after another target") {
    FakeUpstream lossy{answering(kCompletion)};
    FakeUpstream exact{answering(
        R"({"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text",)"
        R"("text":"Hello"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}})")};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "lossy", lossy);
    add(gateway, "anthropic", "exact", exact);
    Api api = manageOf(gateway);
    const std::string project = listAll(api, "/projects", "id").at(0);
    REQUIRE(api.patch("/manage/v1/projects/" + project,
                      R"({"settings":{"unsupported_parameters":"refuse"}})")
                .status == 200);
    const Answer refused = ask(gateway, "/anthropic/v1/messages", R"("model":"lossy/m","top_k":5)");
    CHECK(refused.status == 400);
    CHECK(contains(refused.body, "top_k"));
    CHECK(lossy.seen().empty());
    REQUIRE(
        api.post(
               "/manage/v1/routing-configs",
               R"({"name":"both","policy":"fallback_chain","config":{"models":["lossy/m","exact/m"]}})")
            .status == 201);
    CHECK(ask(gateway, "/anthropic/v1/messages", R"("model":"@both","top_k":5)").status == 200);
    CHECK(lossy.seen().empty());
    CHECK(exact.seen().size() == 1);
    CHECK(ask(gateway, "/anthropic/v1/messages", R"("model":"lossy/m")").status == 200);
  }

  TEST_CASE("a stream is translated event by event, and a cut one is no success") {
    const std::string chunk =
        R"({"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[)"
        R"({"index":0,"delta":{"content":"Hel"},"finish_reason":null}]})";
    FakeUpstream whole{streaming(
        {chunk,
         R"({"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})",
         "[DONE]"})};
    FakeUpstream cut{streaming({chunk})};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "whole", whole);
    add(gateway, "openai", "cut", cut);
    const Answer good =
        ask(gateway, "/anthropic/v1/messages", R"("model":"whole/m","stream":true)");
    CHECK(good.status == 200);
    CHECK(contains(good.body, R"("text_delta","text":"Hel")"));
    CHECK(contains(good.body, "event: message_stop"));
    const Answer bad = ask(gateway, "/anthropic/v1/messages", R"("model":"cut/m","stream":true)");
    CHECK(contains(bad.body, R"("text_delta","text":"Hel")"));
    CHECK(contains(bad.body, "event: error"));
    CHECK_FALSE(contains(bad.body, "message_stop"));
  }

  TEST_CASE("errors are in the caller's words, wherever they come from") {
    FakeUpstream refusing{answering(
        R"({"error":{"message":"too many words","type":"invalid_request_error","code":"x"}})",
        400)};
    FakeUpstream busy{answering(R"({"error":{"message":"slow down"}})", 429)};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "refusing", refusing);
    add(gateway, "openai", "busy", busy);
    const auto kind = [](const Answer& answer) {
      const auto body = parsed(answer.body);
      CHECK(body.root().stringAt("type") == "error");
      return std::string(body.root().find("error")->stringAt("type").value_or(""));
    };
    const Answer refused = ask(gateway, "/anthropic/v1/messages", R"("model":"refusing/m")");
    CHECK(refused.status == 400);
    CHECK(kind(refused) == "invalid_request_error");
    CHECK(contains(refused.body, "too many words"));
    const Answer limited = ask(gateway, "/anthropic/v1/messages", R"("model":"busy/m")");
    CHECK(limited.status == 429);
    CHECK(kind(limited) == "rate_limit_error");
    CHECK(kind(ask(gateway, "/anthropic/v1/messages", R"("model":"@nothing")")) ==
          "not_found_error");
    CHECK(kind(proxyOf(gateway).post("/anthropic/v1/messages", "{")) == "invalid_request_error");
    CHECK(kind(proxyOf(gateway).post("/anthropic/v1/nothing", "{}")) == "not_found_error");
    Api stranger(gateway.proxyUrl(), "mlx_sk_nobody");
    CHECK(kind(stranger.post("/v1/messages", "{}")) == "authentication_error");
  }

  TEST_CASE("a chain moves on between dialects") {
    FakeUpstream broken{answering("{}", 500)};
    FakeUpstream upstream{answering(kCompletion)};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "broken", broken);
    add(gateway, "openai", "up", upstream);
    Api manage = manageOf(gateway);
    REQUIRE(manage
                .post("/manage/v1/routing-configs",
                      R"({"name":"c","slug":"c","policy":"fallback_chain","config":{"models":[)"
                      R"("broken/m","up/m"]}})")
                .status == 201);
    const Answer answer =
        ask(gateway, "/anthropic/v1/messages", R"("model":"@c","mlx:trace":true)");
    CHECK(answer.status == 200);
    CHECK(contains(answer.body, R"("decision":"attempt_2")"));
  }

  TEST_CASE("ensembles answer in the caller's dialect, whole and as a stream") {
    FakeUpstream upstream{answering(kCompletion)};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "up", upstream);
    Api manage = manageOf(gateway);
    REQUIRE(manage
                .post("/manage/v1/routing-configs",
                      R"({"name":"e","slug":"e","policy":"ensemble","config":{"aggregation":)"
                      R"("weighted_vote","members":["up/a","up/b"]}})")
                .status == 201);
    const Answer whole = ask(gateway, "/anthropic/v1/messages", R"("model":"@e")");
    CHECK(contains(whole.body, R"("content":[{"type":"text","text":"Hello there"}])"));
    const Answer stream = ask(gateway, "/anthropic/v1/messages", R"("model":"@e","stream":true)");
    CHECK(contains(stream.body, R"("text":"Hello there")"));
    CHECK(contains(stream.body, "event: message_stop"));
  }

  TEST_CASE("budgets refuse in the shape that Anthropic's callers know") {
    FakeUpstream upstream{answering(kCompletion)};
    Gateway gateway = quietGateway();
    add(gateway, "openai", "up", upstream);
    REQUIRE(manageOf(gateway)
                .post("/manage/v1/budgets",
                      R"({"name":"b","scope":"organization","period":"daily","cap_usd":0})")
                .status == 201);
    const Answer refused = ask(gateway, "/anthropic/v1/messages", R"("model":"up/gpt-4o-mini")");
    CHECK(refused.status == 402);
    CHECK(contains(refused.body, R"({"type":"error","error":{"type":"budget_exceeded")"));
    CHECK(upstream.seen().empty());
  }

  TEST_CASE("tokens are counted without a provider, and models are listed") {
    Gateway gateway = quietGateway();
    const Answer count = proxyOf(gateway).post(
        "/anthropic/v1/messages/count_tokens",
        R"({"model":"@default","messages":[{"role":"user","content":"How many are these?"}]})");
    CHECK(count.status == 200);
    CHECK(parsed(count.body).root().intAt("input_tokens").value_or(0) > 0);
    CHECK(count.header("X-Penstock-Token-Count") == "estimated");
    CHECK(contains(proxyOf(gateway).get("/anthropic/v1/models").body, R"("has_more":false)"));
    CHECK(contains(proxyOf(gateway).get("/anthropic/v1/models/@default").body,
                   R"("type":"model","id":"@default")"));
  }

  TEST_CASE(
      "fast mode and US-only inference are billed as they cost, and reserved when asked for") {
    FakeUpstream upstream{answering(
        R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-6","content":[)"
        R"({"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1000,)"
        R"("output_tokens":1000,"service_tier":"standard","speed":"fast","inference_geo":"us"}})")};
    Gateway gateway = quietGateway();
    add(gateway, "anthropic", "claude", upstream);
    const auto budget = [&gateway](const std::string& fields) {
      const Answer made = manageOf(gateway).post("/manage/v1/budgets", fields);
      REQUIRE_MESSAGE(made.status == 201, made.body);
    };
    // Standard: 1,000 at $5 and 1,000 at $25 a million, $0.03; six times that, and 1.1 times.
    const Answer fast =
        ask(gateway, "/v1/messages", R"("model":"claude/claude-opus-4-6","speed":"fast")");
    REQUIRE_MESSAGE(fast.status == 200, fast.body);
    CHECK(fast.header("X-Modelux-Cost-Usd") == "0.198000");
    const Answer chat = ask(gateway, "/v1/chat/completions", R"("model":"claude/claude-opus-4-6")");
    REQUIRE_MESSAGE(chat.status == 200, chat.body);
    CHECK(chat.header("X-Modelux-Cost-Usd") == "0.198000");
    CHECK(contains(chat.body, R"("service_tier":"default")"));
    budget(R"({"name":"b","scope":"end_user","period":"daily","cap_usd":0.03})");
    CHECK(ask(gateway, "/v1/messages",
              R"("model":"claude/claude-opus-4-6","speed":"fast","metadata":{"user_id":"ann"})")
              .status == 402);
    CHECK(ask(gateway, "/v1/messages",
              R"("model":"claude/claude-opus-4-6","metadata":{"user_id":"bob"})")
              .status == 200);
  }
}
