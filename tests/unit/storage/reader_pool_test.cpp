#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "storage/reader_pool.h"

using penstock::storage::ReaderPool;

TEST_SUITE("storage/reader_pool") {
  TEST_CASE("a connection is opened when needed and used again") {
    int opened = 0;
    ReaderPool<int> pool(2, [&] { return std::make_unique<int>(++opened); });
    { auto first = pool.lease(); }
    { auto second = pool.lease(); }
    CHECK(opened == 1);
    auto one = pool.lease();
    auto two = pool.lease();
    CHECK(opened == 2);
    CHECK(*one != *two);
  }

  TEST_CASE("no connection is used by two threads at once, nor more than the limit") {
    std::atomic<int> opened = 0, in_use = 0, most = 0;
    ReaderPool<std::atomic<int>> pool(3, [&] {
      ++opened;
      return std::make_unique<std::atomic<int>>(0);
    });
    std::atomic<bool> shared = false;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < 200; ++i) {
            auto lease = pool.lease();
            if (lease->fetch_add(1) != 0) shared = true;
            int now = ++in_use, before = most;
            while (now > before && !most.compare_exchange_weak(before, now)) {
            }
            --in_use;
            lease->fetch_sub(1);
          }
        });
      }
    }
    CHECK_FALSE(shared);
    CHECK(opened <= 3);
    CHECK(most <= 3);
  }

  TEST_CASE("a connection that cannot be opened does not use up the pool") {
    int calls = 0;
    ReaderPool<int> pool(1, [&] {
      if (++calls == 1) throw std::runtime_error("no");
      return std::make_unique<int>(0);
    });
    CHECK_THROWS_AS(pool.lease(), std::runtime_error);
    auto lease = pool.lease();
    CHECK(calls == 2);
  }
}
