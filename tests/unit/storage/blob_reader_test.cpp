#include "storage/blob_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "storage/statement.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::test::TempDir;

TEST_SUITE("storage/blob_reader") {
  TEST_CASE("parts of blobs are read where they lie, of one row after another") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    std::string large;  // over many pages
    for (int i = 0; i < 30'000; ++i) large += std::to_string(i) + ",";
    Statement insert(db, "INSERT INTO t (id, bytes) VALUES (?, ?)");
    insert.run(7, Blob{large});
    insert.run(8, Blob{"ab"});
    BlobReader reader(db, "t", "bytes");
    reader.open(7);
    CHECK(reader.size() == large.size());
    std::string part;
    for (const size_t at : {size_t{100'000}, size_t{0}, large.size() - 10}) {
      reader.read(at, 10, part);
      CHECK(part == large.substr(at, 10));
    }
    reader.open(8);
    reader.read(1, 1, part);
    CHECK(part == "b");
    reader.read(2, 0, part);
    CHECK(part.empty());
  }

  TEST_CASE("what is not there is an error") {
    TempDir dir;
    Database db(dir / "a.db", {});
    db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    Statement(db, "INSERT INTO t (id, bytes) VALUES (1, ?)").run(Blob{"abc"});
    BlobReader reader(db, "t", "bytes");
    CHECK_THROWS_AS(reader.open(2), SqlError);
    reader.open(1);
    std::string part;
    CHECK_THROWS_AS(reader.read(2, 2, part), SqlError);
    CHECK_THROWS_AS(reader.read(4, 0, part), SqlError);
    CHECK_THROWS_AS(BlobReader(db, "t", "nothing").open(1), SqlError);
  }
}
