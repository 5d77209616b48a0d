#include <ctime>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "config/build.h"
#include "guard/policy.h"
#include "support/store_fixture.h"

using namespace penstock;
using config::Part;
using store::Tables;

namespace {

// Of this thread: the machine may be busy with other tests.
double cpuMillis() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

template <typename F>
auto timed(const std::string& what, F&& f) {
  const double begin = cpuMillis();
  auto result = f();
  const double took = cpuMillis() - begin;
  MESSAGE(what << ": " << took << " ms of CPU");
  CHECK(took < 1000);  // sanity under sanitizers; the message is the figure
  return result;
}

struct Lots : test::StoreFixture {
  Lots() {
    bootstrap();
    project_id = firstProject().id;
    provider_id = store->read([](Tables& t) { return t.providers.all().at(0).id; });
  }
  // Its secret is the number.
  model::ApiKey newKey(int i) {
    model::ApiKey key;
    key.id = newId("key_", clock.now());
    key.project_id = project_id;
    key.name = "key " + std::to_string(i);
    key.hash = sha256(std::to_string(i));
    key.prefix = "mlx_sk_abcd";
    key.last_four = "wxyz";
    return key;
  }
  void addKey(Tables& t, int i) { t.api_keys.insert(newKey(i)); }
  void addKeys(int count) {
    store->write([&](Tables& t) {
      for (int i = 0; i < count; ++i) addKey(t, i);
    });
  }
  void addConfigs(int count) {
    store->write([&](Tables& t) {
      for (int i = 0; i < count; ++i) {
        model::RoutingConfig config;
        config.id = newId("rc_", clock.now());
        config.project_id = project_id;
        config.slug = "c" + std::to_string(i);
        config.policy = "single";
        config.config_json = R"({"model":"m","provider_credential_id":")" + provider_id + "\"}";
        REQUIRE(t.routing_configs.insert(config, {}));
      }
    });
  }

  std::string project_id, provider_id;
};

}  // namespace

TEST_SUITE("config/build") {
  TEST_CASE("a change of one among ten thousand keys reads that key only") {
    Lots f;
    f.addKeys(10'000);
    f.store->write([&](Tables& t) {
      (void)t.api_keys.takeTouched();
      const auto all = timed("all keys", [&] { return config::build(t, Part::All, nullptr); });
      REQUIRE(all);
      CHECK((*all)->apiKeyCount() == 10'001);
      for (int i = 0; i < 10'000; i += 997) {
        CHECK((*all)->findApiKey(sha256(std::to_string(i)))->name == "key " + std::to_string(i));
      }
      model::ApiKey key = *(*all)->findApiKey(sha256("77"));
      key.name = "Renamed";
      t.api_keys.update(key);
      const auto one =
          timed("one key of them", [&] { return config::build(t, Part::ApiKeys, all->get()); });
      REQUIRE(one);
      CHECK((*one)->findApiKey(sha256("77"))->name == "Renamed");
      CHECK((*all)->findApiKey(sha256("77"))->name == "key 77");
      CHECK((*one)->findApiKey(sha256("78")) == (*all)->findApiKey(sha256("78")));
      CHECK((*one)->apiKeyCount() == 10'001);
    });
  }

  TEST_CASE("an edit of one among a thousand routing configs parses that one only") {
    Lots f;
    f.addConfigs(1000);
    f.store->write([&](Tables& t) {
      const auto all = timed("all configs", [&] { return config::build(t, Part::All, nullptr); });
      REQUIRE(all);
      auto head = t.routing_configs.findBySlug(f.project_id, "c77").value();
      head.config_json = R"({"model":"other","provider_credential_id":")" + f.provider_id + "\"}";
      REQUIRE(t.routing_configs.update(head, {}, {}));
      const auto one = timed("one config of them",
                             [&] { return config::build(t, Part::RoutingConfigs, all->get()); });
      REQUIRE(one);
      const auto modelOf = [&](const auto& snapshot, const char* slug) {
        const auto* found = snapshot->findRoutingConfig(f.project_id, slug);
        return std::get<config::SinglePolicy>(found->policy).target.model;
      };
      CHECK(modelOf(*one, "c77") == "other");
      CHECK(modelOf(*one, "c78") == "m");
      CHECK(modelOf(*all, "c77") == "m");
      CHECK((*one)->routingConfigs().size() == 1001);
    });
  }

  TEST_CASE("after every kind of change to keys the index is as if built anew") {
    Lots f;
    f.addKeys(20);
    const auto id = [&](Tables& t, int i) {
      return t.api_keys.usableBySecret(sha256(std::to_string(i))).value().id;
    };
    f.store->write([&](Tables& t) {
      auto snapshot = config::build(t, Part::All, nullptr).value();
      const auto change = [&](const std::function<void()>& make) {
        make();
        snapshot = config::build(t, Part::ApiKeys, snapshot.get()).value();
        const auto fresh = config::build(t, Part::All, nullptr).value();
        CHECK(snapshot->apiKeyCount() == fresh->apiKeyCount());
        for (int i = 0; i < 40; ++i) {
          const Sha256 hash = sha256(std::to_string(i));
          const config::ApiKey* kept = snapshot->findApiKey(hash);
          const config::ApiKey* built = fresh->findApiKey(hash);
          REQUIRE((kept == nullptr) == (built == nullptr));
          if (kept != nullptr) CHECK(static_cast<const model::ApiKey&>(*kept) == *built);
        }
      };
      const auto minted = [](int i) {
        return store::MintedKey{Secret(), sha256(std::to_string(i)), "mlx_sk_abcd", "abcd"};
      };
      change([&] { f.addKey(t, 20); });
      change([&] { t.api_keys.revoke(id(t, 3), 5); });
      const std::string rotated = id(t, 4);
      change([&] { t.api_keys.rotate(rotated, minted(21), 99); });
      CHECK(snapshot->findApiKey(sha256("4"))->hash == sha256("21"));
      CHECK(snapshot->apiKeyCount() == 21);  // two secrets, one key
      change([&] { t.api_keys.rotate(rotated, minted(22), 100); });
      CHECK(snapshot->findApiKey(sha256("4")) == nullptr);
      change([&] { t.api_keys.rotate(rotated, minted(23)); });
      CHECK(snapshot->findApiKey(sha256("22")) == nullptr);
      change([&] { t.api_keys.rotate(rotated, minted(24), 101); });
      change([&] { t.api_keys.revoke(rotated, 6); });
      CHECK(snapshot->findApiKey(sha256("23")) == nullptr);
      change([&] {
        for (int i = 25; i < 28; ++i) f.addKey(t, i);
        t.api_keys.revoke(id(t, 26), 7);
      });
      change([&] { t.api_keys.revokeOfProject(f.project_id, 8); });
      CHECK(snapshot->apiKeyCount() == 0);
    });
  }

  TEST_CASE("many changes at once are read as a whole") {
    Lots f;
    f.store->write([&](Tables& t) {
      const auto before = config::build(t, Part::All, nullptr).value();
      for (int i = 0; i < 1000; ++i) f.addKey(t, i);
      const auto after = config::build(t, Part::ApiKeys, before.get()).value();
      CHECK(after->apiKeyCount() == 1001);
      CHECK(after->findApiKey(sha256("999")) != nullptr);
    });
  }

  TEST_CASE("the organization and keys come with their addresses parsed") {
    Lots f;
    f.store->write([&](Tables& t) {
      auto organization = t.organizations.first().value();
      organization.ip_allowlist = {"10.0.0.0/8"};
      REQUIRE(t.organizations.update(organization));
      model::ApiKey key = f.newKey(1);
      key.ip_allowlist = {"10.1.0.0/16"};
      t.api_keys.insert(key);
      const auto snapshot = config::build(t, Part::All, nullptr).value();
      CHECK(snapshot->organization().name == "Default");
      CHECK(snapshot->organization().addresses.allows("10.9.9.9"));
      CHECK_FALSE(snapshot->organization().addresses.allows("11.9.9.9"));
      CHECK_FALSE(snapshot->findApiKey(key.hash)->addresses.allows("10.9.9.9"));
      organization.ip_allowlist = {};
      REQUIRE(t.organizations.update(organization));
      const auto next = config::build(t, Part::Organization, snapshot.get()).value();
      CHECK(next->organization().addresses.allows("11.9.9.9"));
      CHECK(next->parts().api_keys == snapshot->parts().api_keys);
    });
  }

  TEST_CASE("a stored list of addresses that does not hold cannot be loaded") {
    Lots f;
    f.store->write([&](Tables& t) {
      const auto before = config::build(t, Part::All, nullptr).value();
      model::ApiKey key = f.newKey(1);
      key.ip_allowlist = {"10.0.0.0/8", "office"};
      t.api_keys.insert(key);
      const auto built = config::build(t, Part::ApiKeys, before.get());
      REQUIRE_FALSE(built);
      CHECK(built.error().kind == ErrorKind::Unprocessable);
      CHECK(built.error().param == "/ip_allowlist/1");
      CHECK(built.error().resource == "api_key");
      CHECK(built.error().id == key.id);
    });
  }

  TEST_CASE("parts that depend on a changed one are rebuilt with it") {
    test::StoreFixture f;
    f.bootstrap();
    f.store->read([](Tables& t) {
      const auto first = config::build(t, Part::All, nullptr).value();
      const auto second = config::build(t, Part::Projects, first.get()).value();
      CHECK(second->parts().api_keys != first->parts().api_keys);
      CHECK(second->parts().routing_configs != first->parts().routing_configs);
      CHECK(second->parts().providers == first->parts().providers);
      const auto third = config::build(t, Part::ManagementKeys, first.get()).value();
      CHECK(third->parts().management_keys != first->parts().management_keys);
      CHECK(third->parts().api_keys == first->parts().api_keys);
    });
  }

  TEST_CASE("guardrails are compiled, and those that are as before are kept") {
    test::StoreFixture f;
    f.bootstrap();
    const auto set = [&](const std::string& rules, const std::string& secret) {
      f.store->write([&](Tables& t) {
        model::Project project = t.projects.all().at(0);
        project.settings.guardrails = rules;
        project.settings.guardrail_secrets.clear();
        if (!secret.empty()) project.settings.guardrail_secrets.emplace("w", Secret(secret));
        REQUIRE(t.projects.update(project));
      });
    };
    const auto next = [&](const config::Snapshot* base) {
      return f.store->read([&](Tables& t) { return config::build(t, Part::Projects, base); });
    };
    const std::string id = f.firstProject().id;
    const std::string rules = R"([{"name":"w","kind":"webhook","url":"https://x.example"}])";
    const auto none = next(nullptr).value();
    CHECK(none->findGuard(id) == nullptr);
    set(rules, "secret-one");
    const auto first = next(none.get()).value();
    REQUIRE(first->findGuard(id) != nullptr);
    CHECK(first->findGuard("proj_other") == nullptr);
    CHECK(first->findGuard(id)->webhooks(guard::Phase::Input).at(0)->secret.reveal() ==
          "secret-one");
    CHECK(next(first.get()).value()->findGuard(id) == first->findGuard(id));
    set(rules, "secret-two");
    const auto second = next(first.get()).value();
    CHECK(second->findGuard(id) != first->findGuard(id));
    set(R"([{"name":"r","kind":"regex","action":"block","patterns":["("]}])", "");
    const auto broken = next(second.get());
    REQUIRE_FALSE(broken);
    CHECK(broken.error().resource == "project");
    CHECK(broken.error().id == id);
  }
}
