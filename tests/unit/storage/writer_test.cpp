#include <atomic>
#include <latch>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "storage/statement.h"
#include "storage/writer.h"
#include "support/temp_dir.h"

using namespace penstock::storage;
using penstock::test::TempDir;

namespace {

struct Fixture {
  Fixture() { db.exec("CREATE TABLE t (x INTEGER PRIMARY KEY) STRICT"); }

  Writer::Job insert(int64_t x) {
    return [this, x] {
      add->run(x);
      return Writer::Verdict::Keep;
    };
  }
  void start(Writer::Options options = {}) {
    add.emplace(db, "INSERT INTO t VALUES (?)");
    writer.emplace(db, options);
  }
  // Reads what is committed, over a connection of its own.
  int64_t read(const char* sql) {
    Database reader(dir / "a.db", {.access = Access::ReadOnly});
    return Statement(reader, sql).integer(-1);
  }
  int64_t count() { return read("SELECT count(*) FROM t"); }

  TempDir dir;
  Database db{dir / "a.db", {}};
  std::optional<Statement> add;
  std::optional<Writer> writer;
};

}  // namespace

TEST_SUITE("storage/writer") {
  TEST_CASE("sixteen threads that write at once all find their rows committed") {
    Fixture f;
    f.start();
    std::atomic<int> missing = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 16; ++t) {
        threads.emplace_back([&, t] {
          for (int i = 0; i < 50; ++i) f.writer->write(f.insert(t * 50 + i));
          const auto mine = "SELECT count(*) FROM t WHERE x / 50 = " + std::to_string(t);
          if (f.read(mine.c_str()) != 50) ++missing;
        });
      }
    }
    CHECK(missing == 0);
    CHECK(f.count() == 16 * 50);
  }

  TEST_CASE("jobs that wait share one commit") {
    Fixture f;
    f.start();
    std::latch started(1), released(1);
    std::jthread first([&] {
      f.writer->write([&] {
        started.count_down();
        released.wait();
        return Writer::Verdict::Keep;
      });
    });
    started.wait();
    std::vector<int64_t> seen(3, -1);
    for (size_t i = 0; i < seen.size(); ++i) {
      REQUIRE(f.writer->post([&f, &seen, i] {
        f.add->run(static_cast<int64_t>(i));
        seen[i] = f.count();
        return Writer::Verdict::Keep;
      }));
    }
    released.count_down();
    first.join();
    f.writer.reset();
    CHECK(seen == std::vector<int64_t>{0, 0, 0});  // nobody's row was committed before the last
    CHECK(f.count() == 3);
  }

  TEST_CASE("a job that fails does not undo its neighbours") {
    Fixture f;
    f.start();
    std::latch started(1), released(1);
    std::jthread first([&] {
      f.writer->write([&] {
        started.count_down();
        released.wait();
        return Writer::Verdict::Keep;
      });
    });
    started.wait();
    REQUIRE(f.writer->post(f.insert(1)));
    REQUIRE(f.writer->post([&]() -> Writer::Verdict {
      f.add->run(2);
      throw std::runtime_error("no");
    }));
    REQUIRE(f.writer->post([&] {
      f.add->run(3);
      return Writer::Verdict::Undo;
    }));
    REQUIRE(f.writer->post(f.insert(4)));
    released.count_down();
    first.join();
    f.writer->write([] { return Writer::Verdict::Keep; });
    CHECK(f.writer->failedPosts() == 1);
    CHECK(f.read("SELECT sum(x) FROM t") == 5);
  }

  TEST_CASE("what a job throws reaches its caller") {
    Fixture f;
    f.start();
    CHECK_THROWS_WITH_AS(
        f.writer->write([]() -> Writer::Verdict { throw std::runtime_error("no"); }), "no",
        std::runtime_error);
    f.writer->write(f.insert(1));
    CHECK_THROWS_AS(f.writer->write(f.insert(1)), SqlError);
    CHECK_FALSE(f.writer->failed());
    CHECK(f.count() == 1);
  }

  TEST_CASE("posts beyond the bound are refused and counted") {
    Fixture f;
    f.start({.queue_jobs = 2, .batch_jobs = 8});
    std::latch started(1), released(1);
    REQUIRE(f.writer->post([&] {
      started.count_down();
      released.wait();
      return Writer::Verdict::Keep;
    }));
    started.wait();
    CHECK(f.writer->post(f.insert(1)));
    CHECK(f.writer->post(f.insert(2)));
    CHECK_FALSE(f.writer->post(f.insert(3)));
    released.count_down();
    f.writer->write(f.insert(4));
    CHECK(f.writer->dropped() == 1);
    CHECK(f.count() == 3);
  }

  TEST_CASE("the end of the writer waits for what is queued") {
    Fixture f;
    f.start();
    for (int i = 0; i < 100; ++i) REQUIRE(f.writer->post(f.insert(i)));
    f.writer.reset();
    CHECK(f.count() == 100);
  }

  TEST_CASE("writing from inside a job is refused instead of waiting for ever") {
    Fixture f;
    f.start();
    CHECK_THROWS_AS(f.writer->write([&] {
      f.writer->write(f.insert(1));
      return Writer::Verdict::Keep;
    }),
                    std::logic_error);
  }

  TEST_CASE("a commit that fails stops the writer for good") {
    Fixture f;
    // A deferred foreign key is violated at COMMIT only: the one commit failure that can be had
    // without breaking the disk.
    f.db.exec("CREATE TABLE child (x REFERENCES t (x) DEFERRABLE INITIALLY DEFERRED)");
    f.start();
    f.writer->write(f.insert(1));
    CHECK_THROWS_AS(f.writer->write([&] {
      f.db.exec("INSERT INTO child VALUES (99)");
      return Writer::Verdict::Keep;
    }),
                    SqlError);
    CHECK(f.writer->failed());
    CHECK_THROWS_AS(f.writer->write(f.insert(2)), SqlError);
    CHECK_FALSE(f.writer->post(f.insert(3)));
    CHECK(f.count() == 1);
  }
}
