// Answers that are kept and given again (lib/cache, lib/proxy/caching.h), over real sockets.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string wholeAnswer(const std::string& content, const std::string& finish) {
  const bool calls = finish == "tool_calls";
  const std::string message =
      calls
          ? R"("content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}])"
          : R"("content":")" + content + "\"";
  return R"({"id":"c1","object":"chat.completion","created":1,"model":"gpt-4o-mini-2024","choices":[)"
         R"({"index":0,"message":{"role":"assistant",)" +
         message + R"(},"finish_reason":")" + finish +
         R"("}],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}})";
}

std::string event(const std::string& rest) {
  return R"(data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini-2024",)" +
         rest + "}\n\n";
}

void streamAnswer(const http::ExchangePtr& exchange, const std::string& content, bool cut) {
  exchange->start({200, "text/event-stream", "", {}});
  exchange->write(
      event(R"("choices":[{"index":0,"delta":{"role":"assistant","content":"streamed "}}])"));
  exchange->write(event(R"("choices":[{"index":0,"delta":{"content":")" + content + R"("}}])"));
  if (cut) return exchange->abort();
  exchange->write(event(R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}])"));
  exchange->write(event(
      R"("choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100})"));
  exchange->write("data: [DONE]\n\n");
  exchange->finish();
}

// Answers "answer N" to the Nth request; a word in the prompt says how it ends.
FakeUpstream::Script numbered() {
  return [count = std::make_shared<std::atomic<int>>(0)](const http::ExchangePtr& exchange) {
    const std::string body(exchange->request().body);
    const std::string content = "answer " + std::to_string(++*count);
    if (contains(body, "please fail")) {
      return exchange->respond({400, "application/json", R"({"error":{"message":"no"}})", {}});
    }
    if (contains(body, R"("stream":true)")) {
      return streamAnswer(exchange, content, contains(body, "please cut"));
    }
    const char* finish = contains(body, "please filter") ? "content_filter"
                         : contains(body, "please call") ? "tool_calls"
                                                         : "stop";
    exchange->respond({200, "application/json", wholeAnswer(content, finish), {}});
  };
}

// A gateway with a provider `up` and the config @kept.
struct World {
  explicit World(GatewayOptions options = quietOptions(),
                 const std::string& rules = R"({"ttl_seconds":60})")
      : gateway(Gateway::start(std::move(options))),
        manage(manageOf(gateway)),
        proxy(proxyOf(gateway)) {
    REQUIRE(
        manage
            .post(
                "/manage/v1/providers",
                R"({"verify":false,"vendor":"openai","name":"up","api_key":"sk-canary-0123456789",)"
                R"("private":true,"base_url":")" +
                    upstream.baseUrl() + R"("})")
            .status == 201);
    const Answer made = manage.post(
        "/manage/v1/routing-configs",
        R"({"name":"kept","policy":"single","config":{"model":"up/gpt-4o-mini"},"cache":)" + rules +
            "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
  }

  Answer ask(const std::string& prompt, const std::string& more = "",
             const httplib::Headers& headers = {}, const std::string& model = "@kept") {
    return proxy.send("POST", "/v1/chat/completions",
                      R"({"model":")" + model + R"(","messages":[{"role":"user","content":")" +
                          prompt + R"("}])" + more + "}",
                      headers);
  }
  size_t asked() const { return upstream.seen().size(); }
  json::Document lastLog() {
    const Answer list = manage.get("/manage/v1/logs?limit=1");
    const auto document = parsed(list.body);
    const auto id = document.root().find("data")->at(0).stringAt("request_id");
    return parsed(manage.get("/manage/v1/logs/" + std::string(*id)).body);
  }

  FakeUpstream upstream{numbered()};
  Gateway gateway;
  Api manage;
  Api proxy;
};

std::string cacheOf(const Answer& answer) { return answer.header("X-Modelux-Cache"); }

constexpr const char* kStreamed = R"(,"stream":true)";

}  // namespace

TEST_SUITE("proxy/cache") {
  TEST_CASE("the same request is answered again for nothing, to the byte") {
    World world;
    const Answer first = world.ask("hello", R"(,"user":"a","mlx:tags":{"t":"1"})");
    REQUIRE_MESSAGE(first.status == 200, first.body);
    CHECK(cacheOf(first) == "MISS");
    CHECK(first.header("X-Modelux-Cache-Similarity").empty());
    const Answer again = world.ask("hello", R"(,"user":"b")");
    CHECK(again.body == first.body);
    CHECK(cacheOf(again) == "HIT");
    CHECK(again.header("X-Modelux-Cache-Similarity") == "1.0000");
    CHECK(again.header("X-Modelux-Cost-Usd") == "0.000000");
    CHECK(again.header("X-Modelux-Provider-Used") == "openai");
    CHECK(again.header("X-Modelux-Model-Used") == "gpt-4o-mini-2024");
    CHECK(again.header("X-Modelux-Request-Id") != first.header("X-Modelux-Request-Id"));
    CHECK(world.asked() == 1);
    const auto log = world.lastLog();
    const auto row = *log.root().find("data");
    CHECK(row.stringAt("cache") == "HIT");
    CHECK(row.intAt("attempts") == 0);
    CHECK(row.intAt("input_tokens") == 0);
    CHECK(row.find("total_cost_usd")->asDouble() == 0.0);
    CHECK(row.find("cost")->stringAt("basis") == "cache");
    CHECK(row.find("trace")->find("cache")->text() == R"({"status":"HIT"})");
    CHECK(row.find("trace")->stringAt("decision") == "cache");
    CHECK(cacheOf(world.ask("hello!")) == "MISS");
    const std::string metrics = world.manage.get("/metrics").body;
    CHECK(contains(metrics, "\npenstock_cache_hits_total 1\n"));
    CHECK(contains(metrics, "\npenstock_cache_misses_total 2\n"));
    CHECK(contains(metrics, "\npenstock_cache_entries 2\n"));
  }

  TEST_CASE("a whole answer is streamed to who wants a stream") {
    World world;
    REQUIRE(world.ask("hello").status == 200);
    const Answer plain = world.ask("hello", kStreamed);
    CHECK(cacheOf(plain) == "HIT");
    CHECK(plain.header("Content-Type") == "text/event-stream");
    CHECK(contains(plain.body, R"("content":"answer 1")"));
    CHECK(contains(plain.body, R"("finish_reason":"stop")"));
    CHECK_FALSE(contains(plain.body, "usage"));
    CHECK(plain.body.ends_with("data: [DONE]\n\n"));
    const Answer counted = world.ask(
        "hello", R"(,"stream":true,"stream_options":{"include_usage":true},"mlx:trace":true)");
    CHECK(contains(counted.body, R"("choices":[],"usage":{"prompt_tokens":1000,)"));
    CHECK(contains(counted.body, R"("cache":{"status":"HIT"})"));
    CHECK(world.asked() == 1);
  }

  TEST_CASE("a stream is kept as the whole answer that it came to") {
    World world;
    const Answer first = world.ask("hello", kStreamed);
    CHECK(cacheOf(first) == "MISS");
    CHECK_FALSE(contains(first.body, "usage"));
    const Answer whole = world.ask("hello", R"(,"mlx:trace":true)");
    CHECK(cacheOf(whole) == "HIT");
    const auto document = parsed(whole.body);
    CHECK(document.root().stringAt("object") == "chat.completion");
    CHECK(contains(whole.body, R"("content":"streamed answer 1")"));
    CHECK(document.root().find("usage")->intAt("total_tokens") == 1100);
    CHECK(document.root().find("mlx:trace")->stringAt("decision") == "cache");
    CHECK(cacheOf(world.ask("hello", kStreamed)) == "HIT");
    CHECK(world.asked() == 1);
  }

  TEST_CASE("failures, cuts, filtered answers, temperatures and calls are not kept") {
    World world;
    for (const auto& [prompt, more] :
         std::vector<std::pair<std::string, std::string>>{{"please fail", ""},
                                                          {"please filter", ""},
                                                          {"please call", ""},
                                                          {"please cut", kStreamed},
                                                          {"warm", R"(,"temperature":0.1)"}}) {
      INFO(prompt);
      const size_t before = world.asked();
      CHECK(cacheOf(world.ask(prompt, more)) == "MISS");
      CHECK(cacheOf(world.ask(prompt, more)) == "MISS");
      CHECK(world.asked() == before + 2);
    }
    CHECK(cacheOf(world.ask("cold", R"(,"temperature":0)")) == "MISS");
    CHECK(cacheOf(world.ask("cold", R"(,"temperature":0)")) == "HIT");
  }

  TEST_CASE("temperatures and calls are kept where the config says so") {
    World world(quietOptions(), R"({"allow_temperature":true,"allow_tools":true})");
    for (const auto& [prompt, more] : std::vector<std::pair<std::string, std::string>>{
             {"please call", ""}, {"warm", R"(,"temperature":0.1)"}}) {
      CHECK(cacheOf(world.ask(prompt, more)) == "MISS");
      CHECK(cacheOf(world.ask(prompt, more)) == "HIT");
    }
    CHECK(
        contains(world.ask("please call", kStreamed).body, R"("tool_calls":[{"index":0,"id":"t")"));
  }

  TEST_CASE("callers can ask afresh, and keep out of it") {
    World world;
    const auto content = [&](const std::string& more, const httplib::Headers& headers) {
      const Answer answer = world.ask("hello", more, headers);
      const size_t at = answer.body.find("answer ");
      return cacheOf(answer) + " " + (at == std::string::npos ? "" : answer.body.substr(at, 8));
    };
    allowProviderKeys(world.manage);
    CHECK(content(R"(,"mlx:cache":{"skip":true})", {}) == "MISS answer 1");
    CHECK(content("", {{"Cache-Control", "no-store"}}) == "MISS answer 2");
    CHECK(content("", {{"X-Modelux-Provider-Key", "sk-own"}}) == "MISS answer 3");
    CHECK(content("", {}) == "MISS answer 4");
    CHECK(content(R"(,"mlx:cache":{"skip":true})", {}) == "MISS answer 5");
    CHECK(content("", {{"Cache-Control", "max-age=0, No-Store"}}) == "MISS answer 6");
    CHECK(content("", {{"X-Modelux-Provider-Key", "sk-own"}}) == "MISS answer 7");
    CHECK(content("", {}) == "HIT answer 4");
    CHECK(content("", {{"Cache-Control", "no-cache"}}) == "MISS answer 8");
    CHECK(content("", {}) == "HIT answer 8");
  }

  TEST_CASE("an answer has its time, and ends with the config's version") {
    auto now = std::make_shared<std::atomic<int64_t>>(1'800'000'000'000);
    GatewayOptions options = quietOptions();
    options.wall_clock = [now] { return now->load(); };
    World world(options);
    CHECK(cacheOf(world.ask("hello")) == "MISS");
    *now += 59'000;
    CHECK(cacheOf(world.ask("hello")) == "HIT");
    *now += 1'000;
    CHECK(cacheOf(world.ask("hello")) == "MISS");
    CHECK(cacheOf(world.ask("hello")) == "HIT");
    REQUIRE(
        world.manage.patch("/manage/v1/routing-configs/@kept", R"({"cache":{"ttl_seconds":61}})")
            .status == 200);
    CHECK(cacheOf(world.ask("hello")) == "MISS");
    CHECK(cacheOf(world.ask("hello")) == "HIT");
    REQUIRE(world.manage.patch("/manage/v1/routing-configs/@kept", R"({"cache":null})").status ==
            200);
    CHECK(cacheOf(world.ask("hello")) == "MISS");
  }

  TEST_CASE("rules that lead elsewhere do not share answers") {
    World world;
    REQUIRE(
        world.manage
            .post("/manage/v1/routing-configs",
                  R"({"name":"rules","policy":"custom_rules","cache":{},"config":{"rules":[)"
                  R"({"if":"tags.team == 'a'","then":"up/gpt-4o"},{"else":"up/gpt-4o-mini"}]}})")
            .status == 201);
    const auto ask = [&](const char* team) {
      return cacheOf(world.ask("hello", R"(,"mlx:tags":{"team":")" + std::string(team) + R"("})",
                               {}, "@rules"));
    };
    CHECK(ask("a") == "MISS");
    CHECK(ask("b") == "MISS");
    CHECK(ask("a") == "HIT");
    CHECK(ask("c") == "HIT");
    CHECK(cacheOf(world.ask("hello", "", {}, "up/gpt-4o-mini")) == "MISS");  // no config
    CHECK(world.asked() == 3);
  }

  TEST_CASE("a hit is counted in no budget and refused by none, but the key's bounds hold") {
    World world;
    CHECK(cacheOf(world.ask("hello")) == "MISS");
    REQUIRE(
        world.manage
            .post("/manage/v1/budgets",
                  R"({"name":"none","scope":"organization","unit":"requests","cap_requests":1})")
            .status == 201);
    for (int i = 0; i < 3; ++i) CHECK(cacheOf(world.ask("hello")) == "HIT");
    CHECK(world.ask("other").status == 200);  // the budget's one
    CHECK(world.ask("another").status == 429);
    CHECK(cacheOf(world.ask("hello")) == "HIT");
    const Answer made = world.manage.post("/manage/v1/api-keys",
                                          R"({"name":"narrow","allowed_models":["@default"]})");
    Api narrow(world.gateway.proxyUrl(), dataText(made, "key"));
    CHECK(narrow
              .post("/v1/chat/completions",
                    R"({"model":"@kept","messages":[{"role":"user","content":"hello"}]})")
              .status == 403);
  }

  TEST_CASE("without memory for it nothing is kept") {
    GatewayOptions options = quietOptions();
    options.cache_bytes = 0;
    World world(options);
    CHECK(cacheOf(world.ask("hello")) == "MISS");
    CHECK(cacheOf(world.ask("hello")) == "MISS");
    CHECK(world.asked() == 2);
  }
}
