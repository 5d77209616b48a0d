#include <doctest/doctest.h>

#include <string>

#include "json/document.h"
#include "support/api.h"
#include "support/fake_upstream.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kCompletion =
    R"({"id":"c1", "object":"chat.completion","created":1,"model":"gpt-4o-mini-2024","choices":[{"index":0,)"
    R"("message":{"role":"assistant","content":"h\u00e9"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100},"x_unknown":[1, 2]})";

std::string chunk(const std::string& choices) {
  return R"({"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-mini-2024","choices":)" +
         choices + "}";
}
const std::string kRole = chunk(R"([{"index":0,"delta":{"role":"assistant","content":""}}])");
const std::string kHello = chunk(R"([{"index":0,"delta":{"content":"Hello"}}])");
const std::string kStop = chunk(R"([{"index":0,"delta":{},"finish_reason":"stop"}])");
const std::string kUsage =
    R"({"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-mini-2024","choices":[],)"
    R"("usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}})";

std::string addProvider(Gateway& gateway, const std::string& base_url,
                        const std::string& extra = R"(,"private":true)") {
  const auto answer = manageOf(gateway).post(
      "/manage/v1/providers",
      R"({"verify":false,"vendor":"openai","name":"up","api_key":"sk-canary-0123456789","base_url":")" +
          base_url + "\"" + extra + "}");
  return answer.body;
}

std::string text(const Answer& answer, const std::string& pointer_key) {
  const auto document = json::parse(answer.body);
  REQUIRE(document);
  return std::string(document->root().stringAt(pointer_key).value_or(""));
}

// The newest log row.
json::Document lastLog(Gateway& gateway) {
  const Answer answer = manageOf(gateway).get("/manage/v1/logs?limit=1");
  REQUIRE(answer.status == 200);
  auto document = json::parse(answer.body);
  REQUIRE(document);
  return std::move(*document);
}

}  // namespace

TEST_SUITE("proxy/chat") {
  TEST_CASE(
      "only the model and the mlx members change on the way up, and nothing on the way down") {
    FakeUpstream upstream(answering(kCompletion));
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    const std::string rest =
        R"("messages" : [ {"role":"user","content":"h\u00e9llo \ud83d\ude00 ünï"} ],
      "temperature":0.70, "unknown_field": {"a":[1,2.50,1e3]} , "seed":12345678901234567890 })";
    const Answer answer = proxyOf(gateway).send(
        "POST", "/v1/chat/completions",
        R"({ "mlx:tags":{"team":"ml"}, "model" : "up/gpt-4o-mini", )" + rest,
        {{"Cookie", "secret=1"}, {"x-api-key", gateway.projectKey()}, {"X-Modelux-User-Id", "u1"}});
    REQUIRE(answer.status == 200);
    CHECK(answer.body == kCompletion);
    CHECK(answer.header("Content-Type") == "application/json");
    CHECK(answer.header("X-Modelux-Provider-Used") == "openai");
    CHECK(answer.header("X-Modelux-Model-Used") == "gpt-4o-mini-2024");
    CHECK(answer.header("X-Modelux-Cache") == "MISS");
    CHECK(answer.header("X-Modelux-Request-Id").size() == 36);
    REQUIRE(upstream.seen().size() == 1);
    const Seen seen = upstream.seen()[0];
    CHECK(seen.target == "/v1/chat/completions");
    CHECK(seen.body.find(rest.substr(0, rest.size() - 1)) != std::string::npos);
    CHECK(seen.body.find(R"("model" : "gpt-4o-mini")") != std::string::npos);
    CHECK(seen.body.find("mlx:") == std::string::npos);
    CHECK(seen.header("Authorization") == "Bearer sk-canary-0123456789");
    CHECK(seen.header("Cookie").empty());
    CHECK(seen.header("x-api-key").empty());
    CHECK(seen.header("traceparent").size() == 55);
  }

  TEST_CASE("a request is logged with its tokens, its cost and its tags") {
    FakeUpstream upstream(answering(kCompletion));
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl(), R"(,"private":true,"default_model":"gpt-4o-mini")");
    const Answer answer = proxyOf(gateway).send(
        "POST", "/v1/chat/completions",
        R"({"model":"@default","messages":[{"role":"user","content":"x"}],"mlx:tags":{"team":"ml"},"mlx:end_user":"body"})",
        {{"X-Modelux-User-Id", "header"}, {"X-Modelux-User-Tags", "x=1,2,y=="}});
    REQUIRE(answer.status == 200);
    const auto log = lastLog(gateway);
    const auto row = log.root().find("data")->at(0);
    CHECK(row.stringAt("request_id") == answer.header("X-Modelux-Request-Id"));
    CHECK(row.stringAt("end_user") == "header");
    CHECK(row.find("tags")->text() == R"({"team":"ml","x":"1,2","y":"="})");
    CHECK(row.intAt("status") == 200);
  }

  TEST_CASE(
      "a stream is relayed event by event and hides the usage that the caller did not ask for") {
    FakeUpstream upstream(streaming({kRole, kHello, kStop, kUsage, "[DONE]"}));
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    const std::string ask =
        R"({"model":"up/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"x"}])";
    const Answer hidden = proxyOf(gateway).post("/v1/chat/completions", ask + "}");
    REQUIRE(hidden.status == 200);
    CHECK(hidden.header("Content-Type") == "text/event-stream");
    CHECK(hidden.body ==
          "data: " + kRole + "\n\ndata: " + kHello + "\n\ndata: " + kStop + "\n\ndata: [DONE]\n\n");
    CHECK(upstream.seen()[0].body.find(R"("stream_options":{"include_usage":true})") !=
          std::string::npos);
    const Answer shown = proxyOf(gateway).post(
        "/v1/chat/completions", ask + R"(,"stream_options":{"include_usage":true}})");
    CHECK(shown.body.find(kUsage) != std::string::npos);
    const auto log = lastLog(gateway);
    CHECK(log.root().find("data")->at(0).intAt("input_tokens") == 7);
  }

  TEST_CASE("a vendor is called at its own paths, with its own header, by any of its names") {
    FakeUpstream upstream(answering(kCompletion));
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    std::string address = upstream.baseUrl();
    address.resize(address.size() - 3);  // "/v1"
    const Answer made = manageOf(gateway).post(
        "/manage/v1/providers",
        R"({"verify":false,"vendor":"azure","name":"mine","private":true,"api_key":"az-key",)"
        R"("api_version":"2024-10-21","deployments":{"gpt-4o":"my-deployment"},"base_url":")" +
            address + R"("})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    for (const char* model : {"mine/gpt-4o", "azure/gpt-4o", "azure_openai/gpt-4o"}) {
      const Answer answer = proxyOf(gateway).post(
          "/v1/chat/completions", std::string(R"({"model":")") + model +
                                      R"(","messages":[{"role":"user","content":"x"}]})");
      CHECK_MESSAGE(answer.status == 200, answer.body);
      CHECK(answer.header("X-Modelux-Provider-Used") == "azure_openai");
      const Seen seen = upstream.seen().back();
      CHECK(seen.target ==
            "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21");
      CHECK(seen.header("api-key") == "az-key");
      CHECK(seen.header("authorization") == "");
      CHECK(seen.body.find(R"("model":"my-deployment")") != std::string::npos);
    }
  }

  TEST_CASE("a token that cannot be had is a failure of that provider, told without secrets") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const Answer made = manageOf(gateway).post(
        "/manage/v1/providers",
        R"({"verify":false,"vendor":"azure","name":"az","base_url":"https://r.openai.azure.com",)"
        R"("credentials":{"kind":"entra_workload","tenant_id":"t","client_id":"c"}})");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    const Answer answer = proxyOf(gateway).post(
        "/v1/chat/completions",
        R"({"model":"az/gpt-4o","messages":[{"role":"user","content":"x"}]})");
    CHECK(answer.status == 502);
    CHECK(answer.body.find("AZURE_FEDERATED_TOKEN_FILE") != std::string::npos);
  }

  TEST_CASE("a stream that dies after content ends with an error event and no DONE") {
    FakeUpstream upstream([](const http::ExchangePtr& exchange) {
      exchange->start({200, "text/event-stream", "", {}});
      exchange->write("data: " + kRole + "\n\ndata: " + kHello + "\n\n");
      exchange->abort();
    });
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    const Answer answer = proxyOf(gateway).post(
        "/v1/chat/completions",
        R"({"model":"up/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"x"}]})");
    CHECK(answer.status == 200);
    CHECK(answer.body.find("Hello") != std::string::npos);
    CHECK(answer.body.find(R"(data: {"error":{)") != std::string::npos);
    CHECK(answer.body.find("[DONE]") == std::string::npos);
    const auto log = lastLog(gateway);
    CHECK(log.root().find("data")->at(0).intAt("status") == 502);
  }

  TEST_CASE("a stream that dies before any content is an ordinary error") {
    FakeUpstream upstream([](const http::ExchangePtr& exchange) {
      exchange->start({200, "text/event-stream", "", {}});
      exchange->write("data: " + kRole + "\n\n");
      exchange->abort();
    });
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    const Answer answer = proxyOf(gateway).post(
        "/v1/chat/completions",
        R"({"model":"up/gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"x"}]})");
    CHECK(answer.status == 502);
    CHECK(answer.header("x-should-retry") == "false");
    CHECK(answer.body.find(R"("type":"upstream_error")") != std::string::npos);
  }

  TEST_CASE(
      "a provider's refusal keeps its status and message, its complaint about our key does not") {
    int status = 400;
    FakeUpstream upstream([&status](const http::ExchangePtr& exchange) {
      exchange->respond(
          {status,
           "application/json",
           R"({"error":{"message":"no such thing sk-canary-0123456789","type":"t","code":"c","param":"messages"}})",
           {{"Retry-After", "7"}}});
    });
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    struct Case {
      int upstream, answered;
      const char* contains;
    };
    for (const Case& c : {Case{400, 400, "no such thing"}, Case{404, 404, "no such thing"},
                          Case{429, 429, "no such thing"}, Case{401, 502, "provider_auth_failed"},
                          Case{403, 502, "provider_auth_failed"}, Case{500, 502, "answered 500"},
                          Case{503, 502, "answered 503"}, Case{302, 502, "answered 302"}}) {
      INFO(c.upstream);
      status = c.upstream;
      // A model each: what one refusal says of its target holds for the next request too.
      const Answer answer = proxyOf(gateway).post(
          "/v1/chat/completions", R"({"model":"up/m)" + std::to_string(c.upstream) +
                                      R"(","messages":[{"role":"user","content":"x"}]})");
      CHECK(answer.status == c.answered);
      CHECK(answer.body.find(c.contains) != std::string::npos);
      CHECK(answer.body.find("canary") == std::string::npos);
      if (c.upstream == 429) CHECK(answer.header("Retry-After") == "7");
    }
  }

  TEST_CASE("the client leaving cancels the upstream call at once and is logged as 499") {
    std::vector<http::ExchangePtr> open;
    FakeUpstream upstream([&open](const http::ExchangePtr& exchange) {
      exchange->start({200, "text/event-stream", "", {}});
      exchange->write("data: " + kRole + "\n\ndata: " + kHello + "\n\n");
      open.push_back(exchange);  // and then nothing: the caller has to leave
    });
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    httplib::Client client(gateway.proxyUrl());
    httplib::Request request;
    request.method = "POST";
    request.path = "/v1/chat/completions";
    request.body = R"({"model":"up/m","stream":true,"messages":[{"role":"user","content":"x"}]})";
    request.headers = {{"Authorization", "Bearer " + gateway.projectKey()},
                       {"Content-Type", "application/json"}};
    request.content_receiver = [](const char*, size_t, uint64_t, uint64_t) { return false; };
    client.send(request);
    client.stop();
    CHECK(upstream.waitGone(1));
    const auto log = lastLog(gateway);
    CHECK(log.root().find("data")->at(0).intAt("status") == 499);
    upstream.stop();
    open.clear();  // before the loop that they live on
  }

  TEST_CASE("a provider that is not private may not live on a loopback address") {
    FakeUpstream upstream(answering(kCompletion));
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const std::string refused = addProvider(gateway, upstream.baseUrl(), "");
    CHECK(refused.find("base_url") != std::string::npos);
    CHECK(upstream.seen().empty());
  }

  TEST_CASE("dry runs call nobody and carry the decision trace") {
    FakeUpstream upstream(answering(kCompletion));
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    addProvider(gateway, upstream.baseUrl());
    const std::string body = R"({"model":"up/m","messages":[{"role":"user","content":"x"}]})";
    const Answer by_header = proxyOf(gateway).send("POST", "/v1/chat/completions", body,
                                                   {{"X-Modelux-Dry-Run", "true"}});
    CHECK(by_header.status == 200);
    CHECK(by_header.body.find(R"("mlx:dry_run":true)") != std::string::npos);
    CHECK(by_header.body.find(R"("mlx:trace":{)") != std::string::npos);
    const Answer by_path = proxyOf(gateway).post("/openai/v1/dry-run", body);
    CHECK(by_path.status == 200);
    CHECK(upstream.seen().empty());
  }

  TEST_CASE("mlx:trace adds the trace to the answer") {
    Gateway gateway = Gateway::start({.ephemeral = true, .quiet = true});
    const Answer answer = proxyOf(gateway).post(
        "/v1/chat/completions",
        R"({"model":"@default","mlx:trace":true,"messages":[{"role":"user","content":"x"}]})");
    REQUIRE(answer.status == 200);
    const auto document = json::parse(answer.body);
    REQUIRE(document);
    CHECK(document->root().find("mlx:trace")->stringAt("config") == "@default");
    CHECK(text(answer, "object") == "chat.completion");
  }
}
