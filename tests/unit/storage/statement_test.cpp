#include <array>
#include <optional>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

#include "storage/statement.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::test::TempDir;

TEST_SUITE("storage/statement") {
  TEST_CASE("values come back as they were bound") {
    TempDir dir;
    Database db(dir / "a.db", {});
    const std::string text("a'b\0c\xc3\xa4", 6);
    const std::array<uint8_t, 3> bytes{0, 255, 7};
    Statement select(db, "SELECT ?, ?, ?, ?, ?, ?, ?");
    Rows rows = select.query(int64_t{-5}, text, blob(bytes), true, std::optional<std::string>(),
                             nullptr, std::optional<int>(3));
    REQUIRE(rows.next());
    CHECK(rows.integer(0) == -5);
    CHECK(rows.text(1) == text);
    CHECK(rows.blob(2) == std::string("\0\xff\7", 3));
    CHECK(rows.flag(3));
    CHECK_FALSE(rows.optionalString(4));
    CHECK(rows.isNull(5));
    CHECK(rows.optionalInteger(6) == 3);
    CHECK_FALSE(rows.next());
  }

  TEST_CASE("an empty text is a text, not NULL") {
    TempDir dir;
    Database db(dir / "a.db", {});
    Statement select(db, "SELECT ? IS NULL, ? IS NULL");
    Rows rows = select.query(std::string_view(), Blob{});
    REQUIRE(rows.next());
    CHECK(rows.integer(0) == 0);
    CHECK(rows.integer(1) == 0);
  }

  TEST_CASE("text is bound, never run") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (x TEXT) STRICT");
    Statement insert(db, "INSERT INTO t VALUES (?)");
    CHECK(insert.run("'); DROP TABLE t; --") == 1);
    CHECK(insert.run("again") == 1);
    CHECK(Statement(db, "SELECT count(*) FROM t").integer(0) == 2);
  }

  TEST_CASE("a wrong number of values is a programming error") {
    TempDir dir;
    Database db(dir / "a.db", {});
    Statement select(db, "SELECT ?");
    CHECK_THROWS_AS(select.query(), std::logic_error);
    CHECK_THROWS_AS(select.query(1, 2), std::logic_error);
    CHECK_THROWS_AS(Statement(db, "SELEKT 1"), SqlError);
  }

  TEST_CASE("a statement works again after it failed") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT");
    Statement insert(db, "INSERT INTO t VALUES (?)");
    insert.run(1);
    CHECK_THROWS_AS(insert.run(1), SqlError);
    CHECK(insert.run(2) == 1);
  }
}
