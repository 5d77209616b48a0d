#include <sys/stat.h>

#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "storage/backup.h"
#include "storage/statement.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::test::TempDir;

TEST_SUITE("storage/backup") {
  TEST_CASE("a backup is one private file with the committed state") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2);");
    Transaction open(db, Transaction::Kind::Write);
    db.exec("INSERT INTO t VALUES (3)");
    Database reader(dir / "a.db", {.access = Access::ReadOnly});
    REQUIRE(backup(reader, dir / "b.db"));

    struct stat info {};
    REQUIRE(::stat((dir / "b.db").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK_FALSE(std::filesystem::exists(dir / "b.db-wal"));
    Database copy(dir / "b.db", {});
    CHECK(Statement(copy, "SELECT count(*) FROM t").integer(0) == 2);
  }

  TEST_CASE("a backup never overwrites a file") {
    TempDir dir;
    Database db(dir / "a.db", {});
    REQUIRE(backup(db, dir / "b.db"));
    const auto again = backup(db, dir / "b.db");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == "file_exists");
    CHECK(backup(db, dir / "no/such/folder.db").error().code == "file_not_writable");
  }
}
