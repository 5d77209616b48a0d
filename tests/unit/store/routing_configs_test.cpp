#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

namespace {

struct Fixture : StoreFixture {
  Fixture() {
    bootstrap();
    id = defaultConfig().id;
  }
  Result<model::RoutingConfig> save(Tables& t, const std::string& model,
                                    std::optional<int64_t> expected = {}) {
    auto config = t.routing_configs.find(id).value();
    config.config_json = R"({"model":")" + model + R"("})";
    return t.routing_configs.update(config, expected, {"mkey_1", "because", clock.now()});
  }
  std::string id;
};

}  // namespace

TEST_SUITE("store/routing_configs") {
  TEST_CASE("every save is a numbered version, and a save without change is none") {
    Fixture f;
    f.store->write([&](Tables& t) {
      CHECK(f.save(t, "a").value().version == 2);
      CHECK(f.save(t, "a").value().version == 2);
      CHECK(f.save(t, "b").value().version == 3);
      const auto versions = t.routing_configs.versions(f.id, 0, 10);
      REQUIRE(versions.size() == 3);
      CHECK(versions[0].version == 3);
      CHECK(versions[0].author == "mkey_1");
      CHECK(versions[0].note == "because");
      CHECK(versions[1].config_json == R"({"model":"a"})");
      CHECK(t.routing_configs.versions(f.id, 3, 1).at(0).version == 2);
      CHECK_FALSE(t.routing_configs.findVersion(f.id, 4));
    });
  }

  TEST_CASE("a slug is there as long as a living config of any project has it") {
    Fixture f;
    f.store->write([&](Tables& t) {
      CHECK(t.routing_configs.hasSlug("default"));
      CHECK_FALSE(t.routing_configs.hasSlug("nope"));
      CHECK(t.routing_configs.softDelete(f.id, 5));
      CHECK_FALSE(t.routing_configs.hasSlug("default"));
    });
  }

  TEST_CASE("what a config says beside its policy is part of its versions") {
    Fixture f;
    f.store->write([&](Tables& t) {
      auto config = t.routing_configs.find(f.id).value();
      CHECK(config.cache_json.empty());
      CHECK_FALSE(config.embedding_dimensions);
      const auto save = [&] { return t.routing_configs.update(config, {}, {"m", "", 1}).value(); };
      config.cache_json = R"({"mode":"exact"})";
      CHECK(save().version == 2);
      config.embedding_dimensions = 512;
      CHECK(save().version == 3);
      CHECK(save().version == 3);
      config.cache_json.clear();
      const model::RoutingConfig saved = save();
      CHECK(saved.version == 4);
      CHECK(saved == t.routing_configs.find(f.id).value());
      const auto versions = t.routing_configs.versions(f.id, 0, 10);
      REQUIRE(versions.size() == 4);
      CHECK(versions[0].cache_json.empty());
      CHECK(versions[0].embedding_dimensions == 512);
      CHECK(versions[1].cache_json == R"({"mode":"exact"})");
      CHECK_FALSE(versions[2].embedding_dimensions);
      model::RoutingConfig made = config;
      made.id = "rc_made";
      made.slug = "made";
      made.cache_json = "{}";
      REQUIRE(t.routing_configs.insert(made, {"m", "", 1}));
      CHECK(t.routing_configs.find("rc_made")->cache_json == "{}");
      CHECK(t.routing_configs.find("rc_made")->embedding_dimensions == 512);
    });
  }

  TEST_CASE("a save that expects another version is refused") {
    Fixture f;
    f.store->write([&](Tables& t) {
      const auto refused = f.save(t, "a", 7);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == "version_conflict");
      CHECK(f.save(t, "a", 1).value().version == 2);
      model::RoutingConfig missing;
      missing.id = "rc_none";
      CHECK(t.routing_configs.update(missing, {}, {}).error().kind == ErrorKind::NotFound);
    });
  }

  TEST_CASE("eight threads that race for versions leave no gap and no duplicate") {
    Fixture f;
    std::atomic<int> saved = 0, conflicts = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
          for (int done = 0; done < 10;) {
            const int64_t seen = f.store->read(
                [&](Tables& tables) { return tables.routing_configs.find(f.id)->version; });
            const auto result = f.store->write([&](Tables& tables) {
              return f.save(tables, std::to_string(t) + "-" + std::to_string(done), seen);
            });
            if (result) {
              CHECK(result.value().version == seen + 1);
              ++saved;
              ++done;
            } else {
              CHECK(result.error().code == "version_conflict");
              ++conflicts;
            }
          }
        });
      }
    }
    CHECK(saved == 80);
    f.store->read([&](Tables& t) {
      CHECK(t.routing_configs.find(f.id)->version == 81);
      std::set<std::string> contents;
      int64_t expected = 81;
      for (const auto& version : t.routing_configs.versions(f.id, 0, 100)) {
        CHECK(version.version == expected--);
        contents.insert(version.config_json);
      }
      CHECK(expected == 0);
      CHECK(contents.size() == 81);
    });
  }

  TEST_CASE("a slug is unique among the living of one project and freed by deletion") {
    Fixture f;
    f.store->write([&](Tables& t) {
      model::RoutingConfig twin = t.routing_configs.find(f.id).value();
      twin.id = newId("rc_", 1);
      CHECK(t.routing_configs.insert(twin, {}).error().code == "slug_taken");
      CHECK(t.routing_configs.softDelete(f.id, 5));
      CHECK_FALSE(t.routing_configs.softDelete(f.id, 5));
      CHECK(t.routing_configs.insert(twin, {"system", "", 6}));
      CHECK(t.routing_configs.findBySlug(twin.project_id, "default")->id == twin.id);
      CHECK(t.routing_configs.versions(f.id, 0, 10).size() == 1);  // history stays
    });
  }

  TEST_CASE("a reference to a provider is found wherever it stands in the config") {
    Fixture f;
    f.store->write([&](Tables& t) {
      auto config = t.routing_configs.find(f.id).value();
      config.policy = "fallback_chain";
      config.config_json = R"({"models":[{"model":"a","provider_credential_id":"prov_x"}]})";
      REQUIRE(t.routing_configs.update(config, {}, {}));
      CHECK(t.routing_configs.referencing("prov_x").size() == 1);
      CHECK(t.routing_configs.referencing("a").empty());
    });
  }

  TEST_CASE("pages follow one another without gap or overlap") {
    Fixture f;
    f.store->write([&](Tables& t) {
      for (int i = 0; i < 6; ++i) {
        auto config = t.routing_configs.find(f.id).value();
        config.id = newId("rc_", 100 + i);
        config.slug = "s" + std::to_string(i);
        REQUIRE(t.routing_configs.insert(config, {}));
      }
      const auto config_of = t.routing_configs.find(f.id).value();
      std::set<std::string> seen;
      store::PageRequest page{.limit = 3};
      for (bool more = true; more;) {
        const auto got = t.routing_configs.list({}, page);
        for (const auto& config : got.items) CHECK(seen.insert(config.id).second);
        more = got.has_more;
        page.after = got.items.back().id;
      }
      CHECK(seen.size() == 7);
      const std::vector<std::string> none = {"proj_none"};
      const std::vector<std::string> one = {config_of.project_id};
      const std::vector<std::string> two = {"proj_none", config_of.project_id};
      CHECK(t.routing_configs.list(none, {}).items.empty());
      CHECK_FALSE(t.routing_configs.list(one, {.limit = 7}).has_more);
      CHECK(t.routing_configs.list(two, {.limit = 7}).items.size() == 7);
    });
  }
}
