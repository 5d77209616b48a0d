#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "storage/statement.h"
#include "support/store_fixture.h"

using namespace penstock;
using store::Store;
using store::Tables;
using test::StoreFixture;

namespace {

std::vector<std::string> projectNames(StoreFixture& f) {
  return f.store->read([](Tables& t) {
    std::vector<std::string> names;
    for (const auto& project : t.projects.all()) names.push_back(project.name);
    return names;
  });
}

void rename(Tables& t, const std::string& name) {
  model::Project project = t.projects.all().at(0);
  project.name = name;
  CHECK(t.projects.update(project));
}

// Writes to a store of its own for ever, telling after each commit what it was answered.
[[noreturn]] void writeUntilKilled(const std::filesystem::path& folder, int told) {
  const test::ManualClock clock;
  auto store = Store::open({.data_dir = folder}, clock);
  while (store) {
    const int64_t version = (*store)->write([](Tables& t) { return t.meta.bumpConfigVersion(); });
    (*store)->log().append(std::vector{test::logRow(version)});
    if (::write(told, &version, sizeof version) != sizeof version) break;
  }
  ::_exit(1);
}

// Restores tests/golden/schema/<name>.sql as penstock.db of a folder.
void restoreDump(const std::filesystem::path& folder, const std::string& name) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../golden/schema" / name);
  const std::string dump((std::istreambuf_iterator<char>(file)), {});
  REQUIRE_FALSE(dump.empty());
  storage::Database(folder / "penstock.db", {}).exec(dump);
}

}  // namespace

TEST_SUITE("store/store") {
  TEST_CASE("a write returns its value, and reads see it") {
    StoreFixture f;
    f.bootstrap();
    CHECK(f.store->write([](Tables& t) {
      rename(t, "New");
      return 42;
    }) == 42);
    CHECK(projectNames(f) == std::vector<std::string>{"New"});
  }

  TEST_CASE("a write that throws or answers an error is undone") {
    StoreFixture f;
    f.bootstrap();
    CHECK_THROWS_AS(f.store->write([](Tables& t) {
      rename(t, "Thrown");
      throw std::runtime_error("no");
    }),
                    std::runtime_error);
    const Result<int> refused = f.store->write([](Tables& t) -> Result<int> {
      rename(t, "Refused");
      return invalidRequest("no", "no");
    });
    CHECK_FALSE(refused);
    CHECK(projectNames(f) == std::vector<std::string>{"Default"});
  }

  TEST_CASE("readers see committed data only, and one state for the length of a read") {
    StoreFixture f;
    f.bootstrap();
    std::latch written(1), looked(1);
    std::jthread writer([&] {
      f.store->write([&](Tables& t) {
        rename(t, "Later");
        written.count_down();
        looked.wait();
      });
    });
    written.wait();
    CHECK(projectNames(f) == std::vector<std::string>{"Default"});
    f.store->read([&](Tables& t) {
      CHECK(t.projects.all().at(0).name == "Default");
      looked.count_down();
      writer.join();
      CHECK(t.projects.all().at(0).name == "Default");
    });
    CHECK(projectNames(f) == std::vector<std::string>{"Later"});
  }

  TEST_CASE("a read cannot write") {
    StoreFixture f;
    f.bootstrap();
    CHECK_THROWS_AS(f.store->read([](Tables& t) { t.meta.bumpConfigVersion(); }),
                    storage::SqlError);
  }

  TEST_CASE("what was written is there after a restart") {
    StoreFixture f;
    f.bootstrap();
    f.store->write([](Tables& t) { rename(t, "Kept"); });
    CHECK(f.store->post([](Tables& t) { t.meta.bumpConfigVersion(); }));
    f.reopen();
    CHECK(projectNames(f) == std::vector<std::string>{"Kept"});
    CHECK(f.store->read([](Tables& t) { return t.meta.configVersion(); }) == 1);
  }

  TEST_CASE("a second store on the folder is refused and told who holds it") {
    StoreFixture f;
    const auto second = Store::open({.data_dir = f.dir.path()}, f.clock);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == "data_dir_in_use");
    CHECK(second.error().message.find("process") != std::string::npos);
  }

  TEST_CASE("a store does not open with another master key, nor without its own") {
    StoreFixture f;
    f.close();
    const auto other = Store::open(
        {.data_dir = f.dir.path(), .master_key = Secret(std::string(64, 'a'))}, f.clock);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == "master_key_mismatch");
    std::filesystem::remove(f.dir / "master.key");
    const auto none = Store::open({.data_dir = f.dir.path()}, f.clock);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == "master_key");
  }

  TEST_CASE("a store from a newer version is refused") {
    StoreFixture f;
    f.close();
    storage::Database(f.dir / "penstock.db", {})
        .exec("INSERT INTO schema_migration VALUES ('9999_future.sql', 'x', 1)");
    const auto refused = Store::open({.data_dir = f.dir.path()}, f.clock);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "schema_newer");
  }

  TEST_CASE("a penstock.db that is no database is an error that says so") {
    StoreFixture f;
    f.close();
    std::filesystem::remove(f.dir / "penstock.db");
    std::ofstream(f.dir / "penstock.db") << std::string(8192, 'x');
    const auto refused = Store::open({.data_dir = f.dir.path()}, f.clock);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "store_unusable");
    CHECK(refused.error().message.find("penstock.db") != std::string::npos);
  }

  TEST_CASE("a process killed while it writes loses nothing that it was told was written") {
    test::TempDir dir;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) writeUntilKilled(dir.path(), ends[1]);
    ::close(ends[1]);
    int64_t told = 0;
    while (told < 200 && ::read(ends[0], &told, sizeof told) == sizeof told) {
    }
    ::kill(child, SIGKILL);
    for (int64_t next; ::read(ends[0], &next, sizeof next) == sizeof next;) told = next;
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    CHECK(told >= 200);

    const test::ManualClock clock;
    auto store = Store::open({.data_dir = dir.path()}, clock);
    REQUIRE_MESSAGE(store, store.error().message);
    CHECK((*store)->warnings().empty());
    CHECK((*store)->read([](Tables& t) { return t.meta.configVersion(); }) >= told);
    CHECK((*store)->log().count() >= told);
    for (const char* file : {"penstock.db", "log.db"}) {
      storage::Database db(dir / file, {.access = storage::Access::ReadOnly});
      storage::Statement check(db, "PRAGMA integrity_check");
      storage::Rows rows = check.query();
      REQUIRE(rows.next());
      CHECK(rows.text(0) == "ok");
    }
  }

  TEST_CASE("every released schema can be upgraded with its rows") {
    test::TempDir dir;
    restoreDump(dir.path(), "0001.sql");
    test::ManualClock clock;
    auto opened =
        Store::open({.data_dir = dir.path(), .master_key = Secret(std::string(64, '7'))}, clock);
    REQUIRE_MESSAGE(opened, opened.error().message);
    (*opened)->read([](Tables& t) {
      CHECK(t.organizations.first().value().name == "Acme");
      CHECK(t.projects.all().at(0).description == "It's the first; \"quoted\" — and non-ASCII");
      CHECK(t.projects.all().at(0).settings.retain_payloads);
      CHECK(t.api_keys.usable().at(0).rate_limit_rpm == 60);
      CHECK(t.management_keys.usable().at(0).role == model::Role::Admin);
      const model::Provider provider = t.providers.findByName("main").value();
      CHECK(provider.api_key.reveal() == "sk-golden-0001");
      const auto config = t.routing_configs.all().at(0);
      CHECK(config.version == 2);
      CHECK(t.routing_configs.versions(config.id, 0, 10).size() == 2);
      CHECK(t.meta.configVersion() == 7);
    });
  }

  TEST_CASE("a store with members, webhooks and an audit log can be upgraded with its rows") {
    test::TempDir dir;
    restoreDump(dir.path(), "0002.sql");
    test::ManualClock clock;
    auto opened =
        Store::open({.data_dir = dir.path(), .master_key = Secret(std::string(64, '7'))}, clock);
    REQUIRE_MESSAGE(opened, opened.error().message);
    (*opened)->read([](Tables& t) {
      CHECK(t.organizations.first().value().ip_allowlist ==
            std::vector<std::string>{"127.0.0.0/8"});
      CHECK(t.members.all().at(0).email == "ann@example.com");
      CHECK(t.webhook_endpoints.all().at(0).secret.reveal().starts_with("whsec_"));
      CHECK(t.webhook_outbox.list({}, {}).items.at(0).event_type == "api_key.revoked");
      CHECK(t.audit_log.verify().ok);
      CHECK(t.audit_log.verify().entries == 8);
    });
  }

  TEST_CASE("a backup opens as a store with the same master key") {
    StoreFixture f;
    f.bootstrap();
    test::TempDir other;
    REQUIRE(f.store->backup(other / "penstock.db"));
    CHECK(f.store->backup(other / "penstock.db").error().code == "file_exists");
    std::filesystem::copy_file(f.dir / "master.key", other / "master.key");
    const auto restored = Store::open({.data_dir = other.path()}, f.clock);
    REQUIRE(restored);
    CHECK((*restored)->read([](Tables& t) { return t.projects.all().size(); }) == 1);
  }

  TEST_CASE("no secret is on the disk in the clear") {
    StoreFixture f;
    const store::FirstKeys keys = f.bootstrap();
    f.store->write([&](Tables& t) {
      CHECK(store::addProvider(t, f.provider("openai", "main", "gpt-4o-mini")));
    });
    for (const std::string& secret :
         {std::string("sk-canary-123456789"), std::string("canary"),
          std::string(keys.project_key->reveal()), std::string(keys.management_key->reveal())}) {
      CHECK_FALSE(f.isOnDisk(secret));
    }
    CHECK(f.isOnDisk("gpt-4o-mini"));  // the search does find what is there
    f.close();
    CHECK_FALSE(f.isOnDisk("canary"));
  }

  TEST_CASE("a store with ten thousand keys opens quickly") {
    StoreFixture f;
    f.bootstrap();
    const std::string project_id = f.firstProject().id;
    f.store->write([&](Tables& t) {
      for (int i = 0; i < 10'000; ++i) {
        model::ApiKey key;
        key.id = newId("key_", f.clock.now());
        key.project_id = project_id;
        key.name = "key " + std::to_string(i);
        key.hash = sha256(key.id);
        key.prefix = "mlx_sk_abcd";
        key.last_four = "wxyz";
        t.api_keys.insert(key);
      }
    });
    f.close();
    const auto begin = std::chrono::steady_clock::now();
    f.open();
    const auto took = std::chrono::steady_clock::now() - begin;
    MESSAGE("opened in " << std::chrono::duration<double, std::milli>(took).count() << " ms");
    CHECK(took <
          std::chrono::seconds(1));  // sanitizers are slow; the release figure is the message
  }
}
