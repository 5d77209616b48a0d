#include "upstream/health_watch.h"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>

#include "config/config_store.h"
#include "json/document.h"
#include "support/fake_upstream.h"
#include "support/http_client.h"
#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using routing::OutcomeKind;
using upstream::HealthWatch;

namespace {

// A watch over a real store that is told when to look.
struct Bench : StoreFixture {
  Bench() {
    bootstrap();
    config = config::ConfigStore::load(*store).value();
    watch.emplace(HealthWatch::Services{config->published(), *store, health, prober, clock, log,
                                        [this] { ++woken; }});
  }

  std::string add(model::Provider made) {
    const Status added = config->change(config::Part::Providers, [&](store::Tables& tables) {
      return tables.providers.insert(made);
    });
    REQUIRE(added);
    return made.id;
  }
  void subscribe() {
    model::WebhookEndpoint made;
    made.id = newId("whe_", clock.now());
    made.organization_id = config->current()->organization().id;
    made.url = "https://hooks.example.com/x";
    made.event_types = {"provider.health_changed"};
    store->write([&](store::Tables& t) { t.webhook_endpoints.insert(made); });
  }
  void attempts(const std::string& provider_id, OutcomeKind kind, int times) {
    for (int i = 0; i < times; ++i) health.record(provider_id, {kind, 40}, clock.now());
  }
  // The last event of those that were written, or nothing.
  std::optional<json::Document> lastEvent() {
    const auto body = store->read([](store::Tables& t) -> std::optional<std::string> {
      const auto latest = t.webhook_outbox.list({}, {.limit = 1}).items;
      if (latest.empty()) return std::nullopt;
      return t.webhook_outbox.findEvent(latest[0].event_id)->body;
    });
    return body ? std::optional(json::parse(*body).value()) : std::nullopt;
  }
  size_t eventCount() {
    return store->read([](store::Tables& t) { return t.webhook_outbox.list({}, {}).items.size(); });
  }

  Logger log{{.fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC)}, clock};
  HttpClient client;
  routing::HealthBoard health;
  upstream::Credentials credentials{{client.loop(), client.client(), clock, log}};
  const upstream::Prober prober{
      upstream::Prober::Services{client.loop(), client.client(), credentials, clock}};
  std::unique_ptr<config::ConfigStore> config;
  int woken = 0;
  std::optional<HealthWatch> watch;
};

}  // namespace

TEST_SUITE("upstream/health_watch") {
  TEST_CASE_FIXTURE(Bench, "a provider that fell ill and recovered is an event each") {
    subscribe();
    const std::string id = add(provider("openai", "main"));
    attempts(id, OutcomeKind::Success, 12);
    for (int i = 0; i < 3; ++i) watch->look();
    CHECK(eventCount() == 0);

    attempts(id, OutcomeKind::Timeout, 36);
    watch->look();
    CHECK(eventCount() == 0);
    CHECK(woken == 0);
    watch->look();
    REQUIRE(eventCount() == 1);
    CHECK(woken == 1);
    const auto ill = lastEvent();
    CHECK(ill->root().stringAt("type") == "provider.health_changed");
    CHECK(ill->root().stringAt("org_id") == config->current()->organization().id);
    CHECK(ill->root().find("data")->text() ==
          R"({"provider_id":")" + id +
              R"(","vendor":"openai","name":"main","from":"healthy","to":"unhealthy",)"
              R"("success_rate":0.25,"p50_ms":40,"last_error":"timeout"})");
    for (int i = 0; i < 3; ++i) watch->look();
    CHECK(eventCount() == 1);

    clock.advance(std::chrono::minutes(2));
    attempts(id, OutcomeKind::Success, 10);
    watch->look();
    watch->look();
    REQUIRE(eventCount() == 2);
    CHECK(lastEvent()->root().find("data")->stringAt("from") == "unhealthy");
    CHECK(lastEvent()->root().find("data")->stringAt("to") == "healthy");
  }

  TEST_CASE_FIXTURE(Bench, "providers are probed as often as they ask for, and others never") {
    FakeUpstream upstream(answering(R"({"object":"list","data":[]})"));
    model::Provider probed = provider("openai", "probed");
    probed.base_url = upstream.baseUrl();
    probed.allow_private = true;
    probed.probe_interval_seconds = 30;
    model::Provider quiet = probed;
    quiet.id = newId("prov_", clock.now());
    quiet.name = "quiet";
    quiet.probe_interval_seconds = std::nullopt;
    add(probed);
    add(quiet);
    const auto probes = [&](size_t count) {
      return eventually([&] {
        return upstream.seen().size() == count &&
               health.status(probed.id, clock.now()).last_check_at == clock.now();
      });
    };
    watch->look();
    REQUIRE(probes(1));
    CHECK(health.status(probed.id, clock.now()).state == routing::HealthState::Healthy);
    clock.advance(std::chrono::milliseconds(29'999));
    watch->look();
    clock.advance(std::chrono::milliseconds(1));
    watch->look();
    REQUIRE(probes(2));
    CHECK_FALSE(health.status(quiet.id, clock.now()).last_check_at);
  }

  TEST_CASE_FIXTURE(Bench, "a probe that fails makes an unused provider ill, in its own words") {
    subscribe();
    FakeUpstream upstream(answering("{}", 401));
    model::Provider probed = provider("openai", "main");
    probed.base_url = upstream.baseUrl();
    probed.allow_private = true;
    probed.probe_interval_seconds = 30;
    add(probed);
    watch->look();
    REQUIRE(eventually([&] {
      return health.status(probed.id, clock.now()).state == routing::HealthState::Unhealthy;
    }));
    watch->look();
    watch->look();
    REQUIRE(eventCount() == 1);
    const auto event = lastEvent();
    const auto data = event->root().find("data");
    CHECK(data->stringAt("from") == "unknown");
    CHECK(data->stringAt("last_error") == "the provider answered 401: it refuses the credential");
  }

  TEST_CASE_FIXTURE(Bench, "its thread looks by itself until it is closed") {
    subscribe();
    const std::string id = add(provider("openai", "main"));
    attempts(id, OutcomeKind::Timeout, 12);
    watch.emplace(
        HealthWatch::Services{config->published(), *store, health, prober, clock, log, {}},
        HealthWatch::Options{.look_every = std::chrono::milliseconds(5)});
    watch->start();
    CHECK(eventually([&] { return eventCount() == 1; }));
    watch->close();
    watch->close();
    CHECK(eventCount() == 1);
  }
}
