#include "cache/response_cache.h"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "support/manual_clock.h"

using namespace penstock;
using cache::KeptAnswer;
using cache::ResponseCache;
using std::chrono::seconds;

namespace {

constexpr uint64_t kMiB = 1 << 20;

// With a small cache there is one shard, so that the order of use is the whole cache's.
struct Fixture {
  explicit Fixture(uint64_t bytes = kMiB) : cache(bytes, clock, registry) {}

  static Sha256 key(const std::string& name) { return sha256(name); }
  void put(const std::string& name, size_t size = 10, int64_t ttl = 60) {
    cache.put(key(name),
              std::make_shared<const KeptAnswer>(
                  KeptAnswer{std::string(size, 'x'), "openai", "prov_1", name}),
              ttl);
  }
  bool has(const std::string& name) {
    const auto found = cache.find(key(name));
    return found != nullptr && found->model == name;
  }
  bool counted(const std::string& line) const {
    return registry.exposition().find("\n" + line + "\n") != std::string::npos;
  }

  test::ManualClock clock;
  metrics::Registry registry;
  ResponseCache cache;
};

}  // namespace

TEST_SUITE("cache/response_cache") {
  TEST_CASE("what was put is found until its time is over") {
    Fixture f;
    CHECK_FALSE(f.has("a"));
    f.put("a", 10, 60);
    CHECK(f.has("a"));
    CHECK(f.cache.entries() == 1);
    f.clock.advance(seconds(59));
    CHECK(f.has("a"));
    f.clock.advance(seconds(1));
    CHECK_FALSE(f.has("a"));
    CHECK(f.cache.entries() == 0);
    CHECK(f.cache.bytes() == 0);
    CHECK(f.counted("penstock_cache_hits_total 2"));
    CHECK(f.counted("penstock_cache_misses_total 2"));
    CHECK(f.counted("penstock_cache_evictions_total 0"));
  }

  TEST_CASE("a later answer takes the place of the one before") {
    Fixture f;
    f.put("a", 10);
    const auto held = f.cache.find(Fixture::key("a"));
    const uint64_t bytes = f.cache.bytes();
    f.put("a", 20);
    CHECK(f.cache.entries() == 1);
    CHECK(f.cache.bytes() > bytes);
    CHECK(f.cache.find(Fixture::key("a"))->body.size() == 20);
    CHECK(held->body.size() == 10);  // whoever has it keeps it
  }

  TEST_CASE("the bytes are bounded, and what was used least recently goes first") {
    Fixture f;
    for (const char* name : {"a", "b", "c", "d"}) f.put(name, 200 << 10);
    CHECK(f.has("a"));
    f.put("e", 300 << 10);
    CHECK(f.has("a"));
    CHECK_FALSE(f.has("b"));
    CHECK(f.has("c"));
    CHECK(f.cache.bytes() <= kMiB);
    CHECK(f.counted("penstock_cache_evictions_total 1"));
    for (int i = 0; i < 1000; ++i) f.put(std::to_string(i), 5 << 10);
    CHECK(f.cache.bytes() <= kMiB);
    CHECK(f.cache.entries() > 100);
  }

  TEST_CASE("what is larger than the cache is not kept, and drives nothing out") {
    Fixture f;
    f.put("a");
    f.put("big", kMiB);
    CHECK_FALSE(f.has("big"));
    CHECK(f.has("a"));
  }

  TEST_CASE("what has expired makes room without counting as evicted") {
    Fixture f;
    f.put("old", 900 << 10, 1);
    f.clock.advance(seconds(2));
    f.put("new", 900 << 10);
    CHECK(f.has("new"));
    CHECK(f.counted("penstock_cache_evictions_total 0"));
  }

  TEST_CASE("many threads find and put at once, within the bound") {
    Fixture f(16 * kMiB);
    std::atomic<int> wrong = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&f, &wrong, t] {
          for (int i = 0; i < 4000; ++i) {
            const std::string name = std::to_string((i * 7 + t) % 900);
            const auto found = f.cache.find(Fixture::key(name));
            if (found == nullptr) f.put(name, 40 << 10, i % 3);
            if (found != nullptr && found->model != name) ++wrong;
          }
        });
      }
    }
    CHECK(wrong == 0);
    CHECK(f.cache.bytes() <= 16 * kMiB);
    CHECK(f.cache.entries() > 0);
  }
}
