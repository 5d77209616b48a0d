// Counting tokens: by the provider's counter where it has one, else by our rule; as bytes on
// sockets.
#include <doctest/doctest.h>

#include <string>

#include "proxy_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

// A provider `up` of this vendor at an upstream with this script.
struct World {
  World(const std::string& vendor, FakeUpstream::Script script) : upstream(std::move(script)) {
    const std::string url = upstream.baseUrl();
    const std::string base = vendor == "openai" ? url : url.substr(0, url.rfind('/'));
    const Answer added =
        manage.post("/manage/v1/providers",
                    R"({"verify":false,"private":true,"api_key":"sk-1234567890","name":"up",)"
                    R"("vendor":")" +
                        vendor + R"(","base_url":")" + base + R"("})");
    REQUIRE_MESSAGE(added.status == 201, added.body);
  }
  Answer messages(const std::string& more = "", const httplib::Headers& headers = {}) {
    return proxy.send(
        "POST", "/anthropic/v1/messages/count_tokens",
        R"({"model":"up/m","messages":[{"role":"user","content":"Hello"}])" + more + "}", headers);
  }
  Answer content(const std::string& body) {
    return proxy.post("/v1beta/models/up/m:countTokens", body);
  }

  FakeUpstream upstream;
  Gateway gateway = quietGateway();
  Api manage = manageOf(gateway);
  Api proxy = proxyOf(gateway);
};

const std::string kContents = R"("contents":[{"role":"user","parts":[{"text":"Hello"}]}])";

void checkEstimated(const Answer& answer) {
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  CHECK(answer.header("X-Penstock-Token-Count") == "estimated");
  CHECK(answer.header("X-Modelux-Provider-Used").empty());
}

}  // namespace

TEST_SUITE("proxy/token_count") {
  TEST_CASE("Anthropic counts for Anthropic's callers, who get its answer as it is") {
    World world("anthropic", answering(R"({ "input_tokens":31,"context_management":{} })"));
    const Answer answer = world.messages(R"(, "system":"Be kind","mlx:tags":{"team":"ml"})",
                                         {{"anthropic-beta", "some-beta"}});
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK(answer.body == R"({ "input_tokens":31,"context_management":{} })");
    CHECK(answer.header("X-Penstock-Token-Count") == "provider");
    CHECK(answer.header("X-Modelux-Provider-Used") == "anthropic");
    CHECK(answer.header("X-Modelux-Model-Used") == "m");
    const Seen asked = world.upstream.seen().front();
    CHECK(asked.target == "/v1/messages/count_tokens");
    CHECK(asked.body ==
          R"({"model":"m","messages":[{"role":"user","content":"Hello"}], "system":"Be kind"})");
    CHECK(asked.header("x-api-key") == "sk-1234567890");
    CHECK(asked.header("anthropic-beta") == "some-beta");
    const auto log = parsed(world.manage.get("/manage/v1/logs?limit=1").body);
    const auto row = log.root().find("data")->at(0);
    CHECK(row.stringAt("endpoint") == "count_tokens");
    CHECK(row.stringAt("provider") == "anthropic");
    CHECK(row.stringAt("model") == "m");
    CHECK(row.intAt("status") == 200);
    CHECK(row.find("total_cost_usd")->asDouble().value_or(0) == 0);
  }

  TEST_CASE("Google counts for Google's callers, the whole request") {
    World world("google", answering(R"({"totalTokens":31,"promptTokensDetails":[]})"));
    const Answer answer = world.content("{" + kContents + R"(,"systemInstruction":{"parts":[]}})");
    CHECK(answer.body == R"({"totalTokens":31,"promptTokensDetails":[]})");
    CHECK(answer.header("X-Penstock-Token-Count") == "provider");
    const Seen asked = world.upstream.seen().front();
    CHECK(asked.target == "/v1beta/models/m:countTokens");
    CHECK(asked.body == R"({"generateContentRequest":{"model":"models/m",)" + kContents +
                            R"(,"systemInstruction":{"parts":[]}}})");
    CHECK(world.content(R"({"generateContentRequest":{"model":"models/up/m",)" + kContents + "}}")
              .status == 200);
    CHECK(world.upstream.seen().back().body ==
          R"({"generateContentRequest":{"model":"models/m",)" + kContents + "}}");
  }

  TEST_CASE("a caller of another dialect is told in its own words") {
    World google("google", answering(R"({"totalTokens":31})"));
    const Answer counted = google.messages(R"(,"system":"Be kind")");
    CHECK(counted.body == R"({"input_tokens":31})");
    CHECK(counted.header("X-Penstock-Token-Count") == "provider");
    const auto asked = parsed(google.upstream.seen().front().body);
    const auto request = asked.root().find("generateContentRequest");
    REQUIRE(request);
    CHECK(request->stringAt("model") == "models/m");
    CHECK(request->find("contents")->at(0).find("parts")->at(0).stringAt("text") == "Hello");
    CHECK(request->find("systemInstruction").has_value());

    World anthropic("anthropic", answering(R"({"input_tokens":32})"));
    const Answer other = anthropic.content(
        "{" + kContents + R"(,"generationConfig":{"maxOutputTokens":9,"temperature":1}})");
    CHECK(other.body == R"({"totalTokens":32})");
    const auto sent = parsed(anthropic.upstream.seen().front().body);
    CHECK(sent.root().stringAt("model") == "m");
    CHECK(sent.root().find("messages").has_value());
    CHECK_FALSE(sent.root().find("max_tokens").has_value());
    CHECK_FALSE(sent.root().find("temperature").has_value());
  }

  TEST_CASE("a counter that fails leaves an estimate, and does not blame the target") {
    World world("anthropic",
                answering(R"({"type":"error","error":{"type":"api_error","message":"no"}})", 500));
    for (int i = 0; i < 15; ++i) {
      const Answer answer = world.messages();
      checkEstimated(answer);
      CHECK(parsed(answer.body).root().intAt("input_tokens").value_or(0) > 0);
    }
    CHECK(world.upstream.seen().size() == 15);  // its breaker has not opened
    World garbage("google", answering(R"({"tokens":"many"})"));
    const Answer answer = garbage.content("{" + kContents + "}");
    checkEstimated(answer);
    CHECK(parsed(answer.body).root().intAt("totalTokens").value_or(0) > 0);
    World gone("anthropic", [](const http::ExchangePtr& exchange) { exchange->abort(); });
    checkEstimated(gone.messages());
  }

  TEST_CASE("a provider without a counter is not asked") {
    World world("openai", answering("{}"));
    checkEstimated(world.messages());
    checkEstimated(world.content("{" + kContents + "}"));
    CHECK(world.upstream.seen().empty());
  }

  TEST_CASE("budgets are not asked, rate limits are") {
    World world("anthropic", answering(R"({"input_tokens":31})"));
    REQUIRE(world.manage
                .post("/manage/v1/budgets",
                      R"({"name":"b","scope":"organization","period":"daily","cap_usd":0})")
                .status == 201);
    const Answer answer = world.messages();
    CHECK(answer.body == R"({"input_tokens":31})");
    CHECK_FALSE(answer.header("x-ratelimit-remaining-requests").empty());
    const Answer made =
        world.manage.post("/manage/v1/api-keys", R"({"name":"slow","rate_limit_rpm":1})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    Api slow(world.gateway.proxyUrl(), dataText(made, "key"));
    const std::string body = R"({"model":"up/m","messages":[{"role":"user","content":"Hello"}]})";
    CHECK(slow.post("/anthropic/v1/messages/count_tokens", body).status == 200);
    CHECK(slow.post("/anthropic/v1/messages/count_tokens", body).status == 429);
    CHECK(world.upstream.seen().size() == 2);
  }

  TEST_CASE("a counter that says nothing is not waited for, nor is it where the caller leaves") {
    Routed f;
    SilentUpstream silent;
    f.provider("up", silent.upstream.baseUrl(), "", "anthropic");
    const std::string path = "/anthropic/v1/messages/count_tokens";
    const std::string body = R"({"model":"up/m","messages":[{"role":"user","content":"Hello"}]})";
    checkEstimated(f.proxy.post(path, body));
    CHECK(silent.upstream.waitGone(1));
    Leaver caller(f, body, path);
    REQUIRE(silent.held.wait(2));
    caller.leave();
    CHECK(silent.upstream.waitGone(2));
    f.lastRow([](json::ValueRef found) { return found.intAt("status") == 499; });
  }
}
