#include <string>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;
using test::StoreFixture;

namespace {

std::string single(const std::string& model, const std::string& provider_id) {
  return R"({"model":")" + model + R"(","provider_credential_id":")" + provider_id + R"("})";
}

model::Project project(StoreFixture& f, const std::string& slug) {
  const std::string organization_id = f.firstProject().organization_id;
  f.clock.advance(std::chrono::milliseconds(1));
  model::Project project;
  project.id = newId("proj_", f.clock.now());
  project.organization_id = organization_id;
  project.name = slug;
  project.slug = slug;
  project.created_at = f.clock.now();
  return project;
}

std::string demoId(StoreFixture& f) {
  return f.store->read([](Tables& t) { return t.providers.findByName("demo").value().id; });
}

}  // namespace

TEST_SUITE("store/provision") {
  TEST_CASE("a fresh store works at once") {
    StoreFixture f;
    const store::FirstKeys keys = f.bootstrap();
    REQUIRE(keys.project_key);
    REQUIRE(keys.management_key);
    CHECK(keys.project_key->reveal().size() == 47);
    CHECK(keys.project_key->reveal().starts_with("mlx_sk_"));
    CHECK(keys.management_key->reveal().starts_with("mlx_mk_"));
    const model::Project first = f.firstProject();
    CHECK(first.slug == "default");
    f.store->read([&](Tables& t) {
      const auto key = t.api_keys.usable().at(0);
      CHECK(key.project_id == first.id);
      CHECK(key.hash == sha256(keys.project_key->reveal()));
      CHECK(keys.project_key->reveal().starts_with(key.prefix));
      CHECK(keys.project_key->reveal().ends_with(key.last_four));
      CHECK(t.management_keys.usable().at(0).role == model::Role::Owner);
      const auto demo = t.providers.findByName("demo").value();
      CHECK(demo.vendor == "demo");
      CHECK(demo.is_default);
    });
    const model::RoutingConfig config = f.defaultConfig();
    CHECK(config.config_json == single("demo-chat", demoId(f)));
    CHECK(config.automatic);
  }

  TEST_CASE("a store is filled once") {
    StoreFixture f;
    f.bootstrap();
    f.reopen();
    const store::FirstKeys again = f.bootstrap();
    CHECK_FALSE(again.project_key);
    CHECK_FALSE(again.management_key);
    CHECK(f.store->read([](Tables& t) { return t.api_keys.usable().size(); }) == 1);
  }

  TEST_CASE("the first real provider takes over every @default that nobody has edited") {
    StoreFixture f;
    f.bootstrap();
    const model::Project other = project(f, "other");
    const model::Project edited = project(f, "edited");
    f.store->write([&](Tables& t) {
      CHECK(store::createProject(t, other));
      CHECK(store::createProject(t, edited));
      auto config = t.routing_configs.findBySlug(edited.id, "default").value();
      config.automatic = false;
      config.name = "Mine";
      CHECK(t.routing_configs.update(config, 1, {"mkey_1", "", 1}));
    });
    const auto nameless = f.provider("openai", "nameless");
    const auto real = f.provider("openai", "real", "gpt-4o-mini");
    const auto later = f.provider("anthropic", "later", "claude");
    const auto addAndRead = [&](const model::Provider& provider) {
      f.store->write([&](Tables& t) { CHECK(store::addProvider(t, provider)); });
      return f.defaultConfig().config_json;
    };
    CHECK(addAndRead(nameless) == single("demo-chat", demoId(f)));  // it has no default model
    CHECK(addAndRead(real) == single("gpt-4o-mini", real.id));
    CHECK(addAndRead(later) == single("gpt-4o-mini", real.id));
    f.store->read([&](Tables& t) {
      const auto moved = t.routing_configs.findBySlug(other.id, "default").value();
      CHECK(moved.config_json == single("gpt-4o-mini", real.id));
      CHECK(moved.version == 2);
      CHECK(moved.automatic);
      CHECK(t.routing_configs.findVersion(moved.id, 1)->config_json ==
            single("demo-chat", t.providers.findByName("demo")->id));
      CHECK(t.routing_configs.findBySlug(edited.id, "default")->config_json ==
            single("demo-chat", t.providers.findByName("demo")->id));
    });
  }

  TEST_CASE("a provider that gets its default model later takes over then") {
    StoreFixture f;
    f.bootstrap();
    auto provider = f.provider("openai", "real");
    f.store->write([&](Tables& t) { CHECK(store::addProvider(t, provider)); });
    provider.default_model = "gpt-4o-mini";
    f.store->write([&](Tables& t) { CHECK(store::updateProvider(t, provider)); });
    CHECK(f.defaultConfig().config_json == single("gpt-4o-mini", provider.id));
  }

  TEST_CASE("a new project's @default goes to the real provider") {
    StoreFixture f;
    f.bootstrap();
    const auto real = f.provider("openai", "real", "gpt-4o-mini");
    const model::Project late = project(f, "late");
    f.store->write([&](Tables& t) {
      CHECK(store::addProvider(t, real));
      CHECK(store::createProject(t, late));
      CHECK(t.routing_configs.findBySlug(late.id, "default")->config_json ==
            single("gpt-4o-mini", real.id));
    });
  }

  TEST_CASE("a provider in use cannot be deleted, and the error names its users") {
    StoreFixture f;
    f.bootstrap();
    const auto unused = f.provider("openai", "unused");
    const std::string demo = demoId(f);
    f.store->write([&](Tables& t) {
      CHECK(store::addProvider(t, unused));
      const Status refused = store::deleteProvider(t, demo, 5);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == "provider_in_use");
      CHECK(refused.error().message.find("@default") != std::string::npos);
      CHECK(store::deleteProvider(t, unused.id, 5));
      CHECK(store::deleteProvider(t, unused.id, 5).error().code == "provider_not_found");
    });
  }

  TEST_CASE("deleting a project revokes its keys and frees its slug") {
    StoreFixture f;
    f.bootstrap();
    const model::Project first = f.firstProject();
    f.store->write([&](Tables& t) {
      CHECK(store::deleteProject(t, first.id, 9));
      CHECK_FALSE(store::deleteProject(t, first.id, 9));
      CHECK(t.api_keys.usable().empty());
      CHECK(t.routing_configs.all().empty());
      CHECK(t.projects.find(first.id)->deleted_at == 9);
      CHECK(t.projects.list({}, {}).items.empty());
      CHECK(t.projects.list({}, {}, store::Deleted::Include).items.size() == 1);
      model::Project again = first;
      again.id = newId("proj_", 10);
      CHECK(store::createProject(t, again));
    });
  }

  TEST_CASE("the demo provider is added to an existing store once") {
    StoreFixture f;
    f.bootstrap();
    const std::string demo = demoId(f);
    f.store->write([&](Tables& t) {
      CHECK(store::ensureDemoProvider(t, 1) == demo);
      CHECK(t.providers.softDelete(demo, 2));
      auto impostor = f.provider("openai", "demo");
      CHECK(store::addProvider(t, impostor));
      CHECK(t.providers.find(store::ensureDemoProvider(t, 3))->name == "demo-2");
    });
  }
}
