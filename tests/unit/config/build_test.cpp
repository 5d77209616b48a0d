#include <ctime>
#include <string>

#include <doctest/doctest.h>

#include "config/build.h"
#include "support/store_fixture.h"

using namespace penstock;
using config::Part;
using store::Tables;

namespace {

// Of this thread: the machine may be busy with other tests.
double cpuMillis() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

TEST_SUITE("config/build") {
  TEST_CASE("ten thousand keys are built in well under fifty milliseconds") {
    test::StoreFixture f;
    f.bootstrap();
    const std::string project_id = f.firstProject().id;
    f.store->write([&](Tables& t) {
      for (int i = 0; i < 10'000; ++i) {
        model::ApiKey key;
        key.id = newId("key_", f.clock.now());
        key.project_id = project_id;
        key.name = "key " + std::to_string(i);
        key.hash = sha256(std::to_string(i));
        key.prefix = "mlx_sk_abcd";
        key.last_four = "wxyz";
        t.api_keys.insert(key);
      }
    });
    f.store->read([](Tables& t) {
      const double begin = cpuMillis();
      const auto snapshot = config::build(t, Part::All, nullptr);
      const double took = cpuMillis() - begin;
      REQUIRE(snapshot);
      MESSAGE("built in " << took << " ms of CPU");
      CHECK(took < 1000);  // sanity under sanitizers; the message is the figure
      CHECK((*snapshot)->apiKeyCount() == 10'001);
      for (int i = 0; i < 10'000; i += 997) {
        CHECK((*snapshot)->findApiKey(sha256(std::to_string(i)))->name ==
              "key " + std::to_string(i));
      }
    });
  }

  TEST_CASE("parts that depend on a changed one are rebuilt with it") {
    test::StoreFixture f;
    f.bootstrap();
    f.store->read([](Tables& t) {
      const auto first = config::build(t, Part::All, nullptr).value();
      const auto second = config::build(t, Part::Projects, first.get()).value();
      CHECK(second->parts().api_keys != first->parts().api_keys);
      CHECK(second->parts().routing_configs != first->parts().routing_configs);
      CHECK(second->parts().providers == first->parts().providers);
      const auto third = config::build(t, Part::ManagementKeys, first.get()).value();
      CHECK(third->parts().management_keys != first->parts().management_keys);
      CHECK(third->parts().api_keys == first->parts().api_keys);
    });
  }
}
