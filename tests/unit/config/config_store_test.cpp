#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "config/config_store.h"
#include "support/store_fixture.h"

using namespace penstock;
using config::ConfigStore;
using config::Part;
using config::Snapshot;
using store::Tables;

namespace {

struct Fixture : test::StoreFixture {
  Fixture() {
    keys = bootstrap();
    load();
    project_id = firstProject().id;
  }
  void load() {
    auto loaded = ConfigStore::load(*store);
    REQUIRE_MESSAGE(loaded, loaded.error().message);
    configs = *std::move(loaded);
  }
  model::ApiKey newKey(std::string_view plaintext) {
    model::ApiKey key;
    key.id = newId("key_", clock.now());
    key.project_id = project_id;
    key.name = "k";
    key.hash = sha256(plaintext);
    key.prefix = "mlx_sk_abcd";
    key.last_four = "wxyz";
    return key;
  }
  int64_t storedVersion() {
    return store->read([](Tables& t) { return t.meta.configVersion(); });
  }

  store::FirstKeys keys;
  std::unique_ptr<ConfigStore> configs;
  std::string project_id;
};

}  // namespace

TEST_SUITE("config/config_store") {
  TEST_CASE("the first snapshot finds everything a fresh store has") {
    Fixture f;
    const auto snapshot = f.configs->current();
    const model::ApiKey* key = snapshot->findApiKey(sha256(f.keys.project_key->reveal()));
    REQUIRE(key != nullptr);
    CHECK(snapshot->findProject(key->project_id)->slug == "default");
    CHECK(snapshot->findManagementKey(sha256(f.keys.management_key->reveal())) != nullptr);
    CHECK(snapshot->findApiKey(sha256("other")) == nullptr);
    const config::RoutingConfig* route = snapshot->findRoutingConfig(key->project_id, "default");
    REQUIRE(route != nullptr);
    CHECK(snapshot->findRoutingConfigById(route->head.id) == route);
    CHECK(snapshot->findRoutingConfig("proj_other", "default") == nullptr);
    const auto& target = std::get<config::SinglePolicy>(route->policy).target;
    const model::Provider* demo = snapshot->findProvider(target.credentials.at(0).provider_id);
    REQUIRE(demo != nullptr);
    CHECK(snapshot->findProviderByName("demo") == demo);
    CHECK(snapshot->findDefaultProvider("demo") == demo);
    CHECK(snapshot->findDefaultProvider("openai") == nullptr);
    CHECK(target.model == "demo-chat");
  }

  TEST_CASE("a change is in the snapshot when it is answered, and only its part is rebuilt") {
    Fixture f;
    const auto before = f.configs->current();
    const auto answer = f.configs->change(Part::ApiKeys, [&](Tables& t) {
      t.api_keys.insert(f.newKey("new"));
      return 5;
    });
    CHECK(answer.value() == 5);
    const auto after = f.configs->current();
    CHECK(before->findApiKey(sha256("new")) == nullptr);
    REQUIRE(after->findApiKey(sha256("new")) != nullptr);
    CHECK(after->version() == before->version() + 1);
    CHECK(after->version() == f.storedVersion());
    CHECK(after->parts().providers == before->parts().providers);
    CHECK(after->parts().routing_configs == before->parts().routing_configs);

    const std::string id = after->findApiKey(sha256("new"))->id;
    CHECK(f.configs->change(Part::ApiKeys, [&](Tables& t) { t.api_keys.revoke(id, 1); }));
    CHECK(f.configs->current()->findApiKey(sha256("new")) == nullptr);
  }

  TEST_CASE("a configuration that cannot be loaded is not stored") {
    Fixture f;
    const auto before = f.configs->current();
    const auto refused = f.configs->change(Part::RoutingConfigs, [&](Tables& t) {
      auto config = t.routing_configs.findBySlug(f.project_id, "default").value();
      config.config_json = R"({"model":"x","provider_credential_id":"prov_none"})";
      return t.routing_configs.update(config, {}, {});
    });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Unprocessable);
    CHECK(refused.error().param == "/config/provider_credential_id");
    CHECK(f.configs->current() == before);
    CHECK(f.storedVersion() == before->version());
    CHECK(f.defaultConfig().version == 1);
  }

  TEST_CASE("a provider cannot go while a routing config needs it, whatever the caller forgot") {
    Fixture f;
    const std::string demo = f.configs->current()->findProviderByName("demo")->id;
    const auto refused = f.configs->change(
        Part::Providers, [&](Tables& t) { return t.providers.softDelete(demo, 1); });
    REQUIRE_FALSE(refused);
    CHECK(f.configs->current()->findProvider(demo) != nullptr);
    CHECK(f.store->read([&](Tables& t) { return t.providers.find(demo); }));
  }

  TEST_CASE("errors and exceptions of the change undo it") {
    Fixture f;
    const auto before = f.configs->current();
    const Status refused = f.configs->change(Part::ApiKeys, [&](Tables& t) -> Status {
      t.api_keys.insert(f.newKey("a"));
      return invalidRequest("no", "no");
    });
    CHECK(refused.error().code == "no");
    CHECK_THROWS_AS((void)f.configs->change(Part::ApiKeys,
                                            [&](Tables& t) {
                                              t.api_keys.insert(f.newKey("b"));
                                              throw std::runtime_error("no");
                                            }),
                    std::runtime_error);
    CHECK(f.configs->current() == before);
    CHECK(f.storedVersion() == before->version());
    CHECK(f.configs->change(Part::ApiKeys, [&](Tables& t) { t.api_keys.insert(f.newKey("c")); }));
    CHECK(f.configs->current()->apiKeyCount() == 2);
  }

  TEST_CASE("a store that is not what the last snapshot was built from is read whole") {
    Fixture f;
    // As after a commit that failed: what was built before it is not what the store holds.
    f.store->write([&](Tables& t) {
      t.api_keys.insert(f.newKey("beside"));
      (void)t.api_keys.takeTouched();
      t.meta.bumpConfigVersion();
    });
    CHECK(f.configs->current()->findApiKey(sha256("beside")) == nullptr);
    CHECK(f.configs->change(Part::ManagementKeys, [](Tables&) {}));
    CHECK(f.configs->current()->findApiKey(sha256("beside")) != nullptr);
    CHECK(f.configs->current()->version() == f.storedVersion());
  }

  TEST_CASE("a new real provider moves @default in the same change") {
    Fixture f;
    const auto provider = f.provider("openai", "main", "gpt-4o-mini");
    REQUIRE(f.configs->change(Part::Providers,
                              [&](Tables& t) { return store::addProvider(t, provider); }));
    const auto snapshot = f.configs->current();
    const auto* route = snapshot->findRoutingConfig(f.project_id, "default");
    REQUIRE(route != nullptr);
    const auto& target = std::get<config::SinglePolicy>(route->policy).target;
    CHECK(target.model == "gpt-4o-mini");
    CHECK(target.credentials.at(0).provider_id == provider.id);
    CHECK(snapshot->findDefaultProvider("openai")->api_key == provider.api_key);
  }

  TEST_CASE("deleting a project takes its keys and configs out of the snapshot") {
    Fixture f;
    REQUIRE(f.configs->change(Part::Projects,
                              [&](Tables& t) { return store::deleteProject(t, f.project_id, 1); }));
    const auto snapshot = f.configs->current();
    CHECK(snapshot->apiKeyCount() == 0);
    CHECK(snapshot->findProject(f.project_id) == nullptr);
    CHECK(snapshot->routingConfigs().empty());
  }

  TEST_CASE("changes that race are each seen by their caller, and no older snapshot wins") {
    Fixture f;
    std::atomic<int> unseen = 0, went_back = 0;
    std::jthread watcher([&](const std::stop_token& stop) {
      Published<Snapshot>::Reader reader(f.configs->published());
      for (int64_t last = 0; !stop.stop_requested();) {
        const int64_t version = reader.get()->version();
        if (version < last) ++went_back;
        last = version;
      }
    });
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
          for (int i = 0; i < 20; ++i) {
            const std::string plaintext = std::to_string(t) + "-" + std::to_string(i);
            const auto changed = f.configs->change(Part::ApiKeys, [&](Tables& tables) {
              tables.api_keys.insert(f.newKey(plaintext));
            });
            if (!changed || f.configs->current()->findApiKey(sha256(plaintext)) == nullptr)
              ++unseen;
          }
        });
      }
    }
    watcher.request_stop();
    watcher.join();
    CHECK(unseen == 0);
    CHECK(went_back == 0);
    CHECK(f.configs->current()->version() == 160);
    CHECK(f.storedVersion() == 160);
    CHECK(f.configs->current()->apiKeyCount() == 161);
  }

  TEST_CASE("a snapshot is valid after the store is gone") {
    Fixture f;
    const auto snapshot = f.configs->current();
    f.configs.reset();
    f.close();
    CHECK(snapshot->findProviderByName("demo")->vendor == "demo");
  }

  TEST_CASE("a store whose configuration this version cannot load is refused with its name") {
    Fixture f;
    f.store->write([&](Tables& t) {
      auto config = t.routing_configs.findBySlug(f.project_id, "default").value();
      config.policy = "quantum";
      CHECK(t.routing_configs.update(config, {}, {}));
    });
    const auto refused = ConfigStore::load(*f.store);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("@default") != std::string::npos);
    CHECK(refused.error().message.find("quantum") != std::string::npos);
  }
}
