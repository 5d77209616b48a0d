#include "proxy/pipeline.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config_store.h"
#include "http/fetch.h"
#include "proxy/routes.h"
#include "proxy/surface.h"
#include "support/fake_upstream.h"
#include "support/http_client.h"
#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using std::chrono::milliseconds;
using store::Tables;

namespace {

const std::string kChat = R"({"model":"main/m","messages":[{"role":"user","content":"x"}]})";
const std::string kStreamed =
    R"({"model":"main/m","stream":true,"messages":[{"role":"user","content":"x"}]})";
const std::string kAnswer =
    R"({"id":"1","object":"chat.completion","model":"m","choices":[{"index":0,"message":)"
    R"({"role":"assistant","content":"hi"},"finish_reason":"stop"}]})";
const std::string kChunk =
    R"({"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":)"
    R"({"content":"hi"},"finish_reason":null}]})";
const std::string kLastChunk =
    R"({"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},)"
    R"("finish_reason":"stop"}]})";

// The proxy's routes on a loop, over a store of its own, with one provider "main".
class Proxy : public StoreFixture {
 public:
  explicit Proxy(const std::string& base_url) : key(bootstrap().project_key->reveal()) {
    store->write([&](Tables& t) {
      model::Provider main = provider("openai", "main");
      main.base_url = base_url;
      main.allow_private = true;
      REQUIRE(store::addProvider(t, main));
      provider_id = main.id;
    });
    auto loaded = config::ConfigStore::load(*store);
    REQUIRE(loaded);
    configs = *std::move(loaded);
    recorder_.emplace(store->log(), clock, log_, trace::Recorder::Options{});
    proxy::ProxyOptions options;
    options.timeouts.first_byte = milliseconds(300);
    options.max_retries = 0;  // one attempt each; tests/integration is about more
    ledger.emplace(*store, clock, log_, nullptr, budget::Ledger::Options{});
    context_.reset(new proxy::Context{configs->published(), prices_, rate_limits_, *ledger, health,
                                      retries_, *recorder_, metrics_, clock, log_, options});
    credentials_.emplace(
        upstream::Credentials::Services{client_.loop(), client_.client(), clock, log_});
    context_->credentials = &*credentials_;
    onLoop(client_.loop(),
           [&] { loop_context_.emplace(*context_, client_.loop(), client_.client()); });
    listen();
  }
  ~Proxy() {
    server_->close();
    onLoop(client_.loop(), [this] { loop_context_.reset(); });
  }

  http::Fetched post(const std::string& path, const std::string& body) {
    return send("POST", path, body);
  }
  http::Fetched get(const std::string& path) { return send("GET", path, ""); }
  // Waits for what the loop has put off.
  void settle() {
    onLoop(client_.loop(), [] {});
  }
  // Writes the first key as changed by `change`.
  void changeKey(const std::function<void(model::ApiKey&)>& change) {
    REQUIRE(configs->change(config::Part::ApiKeys, [&](Tables& t) {
      model::ApiKey stored = t.api_keys.usable().at(0);
      change(stored);
      t.api_keys.update(stored);
    }));
  }

  std::string key, provider_id;
  std::unique_ptr<config::ConfigStore> configs;
  std::optional<budget::Ledger> ledger;
  routing::HealthBoard health;

 private:
  void listen() {
    router_.emplace(proxy::proxyRoutes([this](const http::Loop&) -> proxy::LoopContext& {
                      return *loop_context_;
                    }),
                    proxy::renderEdgeError);
    http::Server::Options options;
    options.handler = [this](const http::ExchangePtr& exchange) { router_->dispatch(exchange); };
    options.render_error = proxy::renderEdgeError;
    options.admit_body = [this](const http::Request& request) {
      return proxy::admitBody(*context_, request);
    };
    server_.emplace(std::vector<http::Loop*>{&client_.loop()}, std::move(options));
    port_ = server_->listen("127.0.0.1:0").value();
  }
  http::Fetched send(const char* method, const std::string& path, const std::string& body) {
    http::ClientRequest request = localRequest(port_, {body});
    request.method = method;
    request.path = path;
    request.headers.add("Authorization", "Bearer " + key);
    request.headers.add("X-Forwarded-For", "10.0.0.1");
    auto fetched = http::fetch(caller_.loop(), caller_.client(), std::move(request));
    // A broken stream ends in an error event, cleanly as far as HTTP goes.
    REQUIRE_MESSAGE(fetched, fetched.error().detail);
    return *std::move(fetched);
  }

  Logger log_{{.level = LogLevel::Error}, clock};
  const pricing::PriceCatalogue prices_ = pricing::PriceCatalogue::builtIn();
  budget::RateLimiter rate_limits_;
  routing::RetryBudget retries_;
  metrics::Registry metrics_;
  std::optional<trace::Recorder> recorder_;
  std::unique_ptr<proxy::Context> context_;
  HttpClient client_, caller_;
  std::optional<upstream::Credentials> credentials_;
  std::optional<proxy::LoopContext> loop_context_;  // on client_'s loop
  std::optional<http::Router> router_;
  std::optional<http::Server> server_;
  uint16_t port_ = 0;
};

// Never answers; holds the exchange until its caller has left.
FakeUpstream::Script silent() {
  return [](const http::ExchangePtr& exchange) {
    auto held = std::make_shared<http::ExchangePtr>(exchange);
    exchange->onGone([held, &loop = exchange->loop()] { loop.post([held] { held->reset(); }); });
  };
}

}  // namespace

TEST_SUITE("proxy/pipeline") {
  TEST_CASE("what an attempt came to is on the health board") {
    struct Case {
      const char* name;
      FakeUpstream::Script script;
      std::string body;
      const char* error;  // as the board calls it; "" for a success
    };
    for (const Case& c : std::vector<Case>{
             {"an answer", answering(kAnswer), kChat, ""},
             {"no JSON", answering("hello"), kChat, "invalid_answer"},
             {"the caller's mistake", answering("{}", 400), kChat, ""},
             {"an unknown model", answering("{}", 404), kChat, ""},
             {"a rate limit", answering("{}", 429), kChat, "rate_limited"},
             {"a refused credential", answering("{}", 401), kChat, "credential_refused"},
             {"a server error", answering("{}", 500), kChat, "server_error"},
             {"an overload", answering("{}", 503), kChat, "overloaded"},
             {"a gateway timeout", answering("{}", 504), kChat, "timeout"},
             {"a redirect", answering("{}", 302), kChat, "invalid_answer"},
             {"silence", silent(), kChat, "timeout"},
             {"a stream", streaming({kChunk, kLastChunk, "[DONE]"}), kStreamed, ""},
             {"no stream", answering(kAnswer), kStreamed, "invalid_answer"},
             {"a cut stream", streaming({kChunk}), kStreamed, "transport"},
             {"garbage", streaming({kChunk, "]["}), kStreamed, "invalid_answer"},
             {"an error in a stream", streaming({kChunk, R"({"error":{"message":"no"}})"}),
              kStreamed, "server_error"},
         }) {
      INFO(c.name);
      FakeUpstream upstream(c.script);
      Proxy proxy(upstream.baseUrl());
      (void)proxy.post("/v1/chat/completions", c.body);
      const routing::HealthStatus status =
          proxy.health.status(proxy.provider_id, proxy.clock.now());
      CHECK(status.samples == 1);
      CHECK(status.last_error == c.error);
      CHECK(status.success_rate == (c.error[0] == '\0' ? 1 : 0));
      CHECK(status.last_check_at == proxy.clock.now());
    }
  }

  TEST_CASE("a request that is over keeps nothing, however its upstream's stream ended") {
    for (const auto& events : std::vector<std::vector<std::string>>{
             {kChunk, kLastChunk, "[DONE]"}, {kChunk, kLastChunk}, {kChunk}}) {
      INFO(events.size(), " events");
      FakeUpstream upstream(streaming(events));
      Proxy proxy(upstream.baseUrl());
      const std::weak_ptr<const config::Snapshot> used = proxy.configs->current();
      CHECK(proxy.post("/v1/chat/completions", kStreamed).status == 200);
      proxy.changeKey([](model::ApiKey& key) { key.name = "renamed"; });
      // By the end of another one the loop has let go of what was there before.
      CHECK(proxy.post("/v1/chat/completions", kStreamed).status == 200);
      proxy.settle();
      CHECK(used.expired());
    }
  }

  TEST_CASE("a provider that is not there fails; dry runs and refusals of ours say nothing") {
    uint16_t nobody = 0;
    {
      RawListener listener;
      nobody = listener.port();
    }
    Proxy proxy("http://127.0.0.1:" + std::to_string(nobody) + "/v1");
    CHECK(proxy.post("/v1/dry-run", kChat).status == 200);
    CHECK(proxy.post("/v1/chat/completions", "{}").status == 400);
    CHECK(proxy.health.status(proxy.provider_id, proxy.clock.now()).samples == 0);
    CHECK(proxy.post("/v1/chat/completions", kChat).status == 502);
    const auto status = proxy.health.status(proxy.provider_id, proxy.clock.now());
    CHECK(status.samples == 1);
    CHECK(status.last_error == "transport");
  }

  TEST_CASE("a key confined to addresses works from these only, whatever a header claims") {
    FakeUpstream upstream(answering(kAnswer));
    Proxy proxy(upstream.baseUrl());
    proxy.changeKey([](model::ApiKey& key) { key.ip_allowlist = {"127.0.0.1"}; });
    const std::string large = kChat + std::string(100'000, ' ');
    CHECK(proxy.post("/v1/chat/completions", kChat).status == 200);
    CHECK(proxy.post("/v1/chat/completions", large).status == 200);
    proxy.changeKey([](model::ApiKey& key) { key.ip_allowlist = {"10.0.0.0/8"}; });
    for (const auto& answer :
         {proxy.post("/v1/chat/completions", kChat), proxy.post("/v1/chat/completions", large),
          proxy.post("/v1/embeddings", kChat), proxy.post("/v1/dry-run", kChat),
          proxy.get("/v1/models"), proxy.get("/v1/models/@default")}) {
      CHECK(answer.status == 403);
      CHECK(answer.body.find("ip_not_allowed") != std::string::npos);
      CHECK(answer.body.find("permission_error") != std::string::npos);
    }
    CHECK(upstream.seen().size() == 2);
  }

  TEST_CASE("the organization's list goes for all its keys") {
    FakeUpstream upstream(answering(kAnswer));
    Proxy proxy(upstream.baseUrl());
    REQUIRE(proxy.configs->change(config::Part::Organization, [](Tables& t) {
      auto organization = t.organizations.first().value();
      organization.ip_allowlist = {"10.0.0.0/8"};
      return t.organizations.update(organization);
    }));
    CHECK(proxy.post("/v1/chat/completions", kChat).status == 403);
  }

  TEST_CASE("a key confined to models may use and see these only") {
    FakeUpstream upstream(answering(kAnswer));
    Proxy proxy(upstream.baseUrl());
    proxy.changeKey([](model::ApiKey& key) { key.allowed_models = {"@default", "other/*"}; });
    const auto refused = proxy.post("/v1/chat/completions", kChat);
    CHECK(refused.status == 403);
    CHECK(refused.body.find("model_not_allowed") != std::string::npos);
    CHECK(proxy.post("/v1/dry-run", kChat).status == 403);
    CHECK(upstream.seen().empty());
    const auto models = proxy.get("/v1/models");
    CHECK(models.body.find("@default") != std::string::npos);
    CHECK(models.body.find("demo-chat") == std::string::npos);
    CHECK(proxy.get("/v1/models/demo/demo-chat").status == 404);
    CHECK(proxy.get("/v1/models/@default").status == 200);
    proxy.changeKey([](model::ApiKey& key) { key.allowed_models = {"main/*"}; });
    CHECK(proxy.post("/v1/chat/completions", kChat).status == 200);
  }
}
