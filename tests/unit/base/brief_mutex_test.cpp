#include "base/brief_mutex.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

using namespace penstock;

TEST_SUITE("base/brief_mutex") {
  TEST_CASE("many threads are one at a time, those that sleep too") {
    constexpr int kThreads = 16, kRounds = 20'000;
    BriefMutex mutex;
    int64_t count = 0;  // guarded
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
          for (int round = 0; round < kRounds; ++round) {
            const std::lock_guard lock(mutex);
            ++count;
            // Long enough now and then that others give up looking.
            if (round % 1000 == 0) std::this_thread::yield();
          }
        });
      }
    }
    CHECK(count == int64_t{kThreads} * kRounds);
  }
}
