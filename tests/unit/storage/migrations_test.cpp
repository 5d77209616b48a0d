#include <vector>

#include <doctest/doctest.h>

#include "storage/migrations.h"
#include "storage/statement.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::test::TempDir;

namespace {

const Migration kFirst{"0001_init.sql",
                       "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);"};
const Migration kSecond{"0002_more.sql", "ALTER TABLE a ADD COLUMN y TEXT;"};

int64_t number(Database& db, const char* sql) { return Statement(db, sql).integer(-1); }

}  // namespace

TEST_SUITE("storage/migrations") {
  TEST_CASE("each migration is applied once and recorded") {
    TempDir dir;
    Database db(dir / "a.db", {});
    const std::vector<Migration> one{kFirst}, two{kFirst, kSecond};
    CHECK(migrate(db, one, 5).value() == 1);
    CHECK(migrate(db, one, 6).value() == 0);
    CHECK(migrate(db, two, 7).value() == 1);
    CHECK(migrate(db, two, 8).value() == 0);
    CHECK(number(db, "SELECT count(*) FROM a") == 1);
    CHECK(number(db, "SELECT applied_at FROM schema_migration WHERE name = '0002_more.sql'") == 7);
  }

  TEST_CASE("a migration that was changed after it was applied is refused") {
    TempDir dir;
    Database db(dir / "a.db", {});
    const std::vector<Migration> one{kFirst};
    const std::vector<Migration> changed{{kFirst.name, "CREATE TABLE a (x TEXT) STRICT;"}, kSecond};
    REQUIRE(migrate(db, one, 5));
    const auto result = migrate(db, changed, 6);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == "schema_changed");
    CHECK(result.error().message.find("0001_init.sql") != std::string::npos);
    CHECK(number(db, "SELECT count(*) FROM schema_migration") == 1);
  }

  TEST_CASE("a database from a newer program is refused") {
    TempDir dir;
    Database db(dir / "a.db", {});
    const std::vector<Migration> one{kFirst}, two{kFirst, kSecond};
    REQUIRE(migrate(db, two, 5));
    const auto result = migrate(db, one, 6);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == "schema_newer");
  }

  TEST_CASE("a migration that fails half-way leaves nothing of itself") {
    TempDir dir;
    Database db(dir / "a.db", {});
    const std::vector<Migration> broken{kFirst, {"0002_bad.sql", "CREATE TABLE b (x); SELEKT;"}};
    CHECK_THROWS_AS((void)migrate(db, broken, 5), SqlError);
    CHECK(number(db, "SELECT count(*) FROM schema_migration") == 1);
    CHECK(number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0);
  }
}
