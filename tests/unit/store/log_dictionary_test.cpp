#include "store/log_dictionary.h"

#include <string>

#include <doctest/doctest.h>

#include "storage/database.h"
#include "support/temp_dir.h"

using namespace penstock;

TEST_SUITE("store/log_dictionary") {
  TEST_CASE("texts keep their ids, and what was rolled back is given one again") {
    test::TempDir dir;
    storage::Database db(dir / "log.db", {});
    db.exec("CREATE TABLE dictionary (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)");
    store::LogDictionary dictionary(db);
    // Alike in length and first character, so that they take turns in what is remembered.
    const std::string first = "proj_1", second = "proj_2";
    int64_t kept = 0;
    {
      storage::Transaction transaction(db, storage::Transaction::Kind::Write);
      kept = dictionary.intern(first);
      transaction.commit();
    }
    {
      const storage::Transaction rolled_back(db, storage::Transaction::Kind::Write);
      CHECK(dictionary.intern(second) != kept);
      CHECK(dictionary.intern(second) != kept);
      CHECK(dictionary.intern(first) == kept);
    }
    dictionary.forget();
    CHECK_FALSE(dictionary.known(second));
    CHECK(dictionary.find(second) == std::nullopt);
    {
      storage::Transaction transaction(db, storage::Transaction::Kind::Write);
      CHECK(dictionary.intern(first) == kept);
      const int64_t again = dictionary.intern(second);
      CHECK(again != kept);
      CHECK(dictionary.known(second) == again);
      CHECK(dictionary.text(again) == second);
      transaction.commit();
    }
    CHECK(dictionary.intern("") == 0);
    CHECK_FALSE(dictionary.known(""));
  }
}
