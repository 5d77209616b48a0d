#include <sys/stat.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "storage/database.h"
#include "storage/statement.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::test::TempDir;

namespace {

std::string pragma(Database& db, const char* name) {
  Statement statement(db, std::string("PRAGMA ") + name);
  Rows rows = statement.query();
  return rows.next() ? rows.string(0) : "";
}

mode_t modeOf(const std::filesystem::path& file) {
  struct stat info {};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

}  // namespace

TEST_SUITE("storage/database") {
  TEST_CASE("a connection is tuned and hardened") {
    TempDir dir;
    Database db(dir / "a.db", {});
    for (const auto& [name, expected] :
         std::vector<std::pair<const char*, const char*>>{{"journal_mode", "wal"},
                                                          {"synchronous", "1"},
                                                          {"foreign_keys", "1"},
                                                          {"trusted_schema", "0"},
                                                          {"cell_size_check", "1"},
                                                          {"busy_timeout", "5000"}}) {
      INFO(name);
      CHECK(pragma(db, name) == expected);
    }
    CHECK_THROWS_AS(db.exec("SELECT \"no such column\""), SqlError);
  }

  TEST_CASE("the database and its side files are private to their owner") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (x)");
    for (const char* suffix : {"", "-wal", "-shm"}) {
      INFO(suffix);
      CHECK(modeOf(dir / (std::string("a.db") + suffix)) == 0600);
    }
  }

  TEST_CASE("a file that others could read is made private") {
    TempDir dir;
    { std::ofstream(dir / "a.db"); }
    ::chmod((dir / "a.db").c_str(), 0644);
    Database db(dir / "a.db", {});
    CHECK(modeOf(dir / "a.db") == 0600);
  }

  TEST_CASE("a file that is no database is refused as corrupt") {
    TempDir dir;
    std::ofstream(dir / "a.db") << std::string(8192, 'x');
    try {
      Database db(dir / "a.db", {});
      FAIL("opened");
    } catch (const SqlError& error) {
      CHECK(error.isCorruption());
    }
  }

  TEST_CASE("a read-only connection cannot write") {
    TempDir dir;
    Database writer(dir / "a.db", {});
    writer.exec("CREATE TABLE t (x)");
    Database reader(dir / "a.db", {.access = Access::ReadOnly});
    CHECK_THROWS_AS(reader.exec("INSERT INTO t VALUES (1)"), SqlError);
    CHECK(pragma(reader, "wal_autocheckpoint") == "0");
  }

  TEST_CASE("a transaction that is not committed leaves nothing") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (x)");
    {
      Transaction transaction(db, Transaction::Kind::Write);
      db.exec("INSERT INTO t VALUES (1)");
    }
    {
      Transaction transaction(db, Transaction::Kind::Write);
      {
        Savepoint undone(db);
        db.exec("INSERT INTO t VALUES (2)");
      }
      Savepoint kept(db);
      db.exec("INSERT INTO t VALUES (3)");
      kept.keep();
      transaction.commit();
    }
    CHECK(Statement(db, "SELECT sum(x) FROM t").integer(0) == 3);
  }
}
