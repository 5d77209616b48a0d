#include "http/resolver.h"

#include <doctest/doctest.h>

#include <latch>
#include <memory>

using namespace penstock;
using namespace penstock::http;

TEST_SUITE("http/resolver") {
  TEST_CASE("literals are answered at once, names on another thread, failures as errors") {
    Resolver resolver;
    bool answered = false;
    resolver.resolve("127.0.0.1", 81, [&](const Result<Resolver::Addresses>& answer) {
      answered = true;
      REQUIRE(answer);
      CHECK(answer->front().port() == 81);
    });
    CHECK(answered);
    std::latch done(101);
    for (int i = 0; i < 100; ++i) {
      resolver.resolve("localhost", 82, [&](const Result<Resolver::Addresses>& answer) {
        CHECK(answer);
        if (answer) CHECK(answer->front().port() == 82);
        done.count_down();
      });
    }
    resolver.resolve(std::string(300, 'a'), 82, [&](const Result<Resolver::Addresses>& answer) {
      CHECK(!answer);
      done.count_down();
    });
    done.wait();
    bool cached = false;
    resolver.resolve("localhost", 82, [&](const Result<Resolver::Addresses>& answer) {
      cached = answer.has_value();
    });
    CHECK(cached);
  }

  TEST_CASE("a resolver that ends forgets its questions") {
    auto held = std::make_shared<int>(1);
    {
      Resolver resolver(1);
      for (int i = 0; i < 50; ++i)
        resolver.resolve("localhost", static_cast<uint16_t>(i + 1), [held](const auto&) {});
    }
    CHECK(held.use_count() == 1);
  }
}
