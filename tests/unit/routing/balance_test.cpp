#include "routing/balance.h"

#include <algorithm>
#include <array>
#include <string>

#include <doctest/doctest.h>

#include "routing/mix.h"

using namespace penstock::routing;

namespace {

Credential credential(std::string_view id, double weight, int64_t in_flight = 0,
                      Readiness readiness = Readiness::Ready) {
  Credential made{id, weight, {}};
  made.view.in_flight = in_flight;
  made.view.readiness = readiness;
  return made;
}

using Order = std::vector<size_t>;

}  // namespace

TEST_SUITE("routing/balance") {
  TEST_CASE("the ready come first, then the last, then the blocked, by every rule") {
    const std::vector<Credential> credentials{
        credential("a", 1, 0, Readiness::Blocked), credential("b", 1, 0, Readiness::Last),
        credential("c", 1, 9, Readiness::Ready), credential("d", 0, 0, Readiness::Probe)};
    for (uint64_t random = 0; random < 50; ++random) {
      CHECK(orderWeighted(credentials, random) == Order{2, 3, 1, 0});
      CHECK(orderLeastBusy(credentials, random) == Order{2, 3, 1, 0});
    }
    for (uint64_t key = 0; key < 50; ++key) {
      const Order order = orderByAffinity(credentials, key);
      CHECK(std::min(order[0], order[1]) == 2);
      CHECK(order[2] == 1);
      CHECK(order[3] == 0);
    }
    CHECK(orderWeighted({}, 7).empty());
    CHECK(orderByAffinity({}, 7).empty());
  }

  TEST_CASE("weights are shares: who is first, and who is next when the first fails") {
    const std::vector<Credential> credentials{credential("a", 6), credential("b", 3),
                                              credential("c", 1)};
    constexpr int kDraws = 100'000;
    std::array<int, 3> first{};
    std::array<int, 3> second_after_a{};
    for (uint64_t i = 0; i < kDraws; ++i) {
      const Order order = orderWeighted(credentials, mixBits(i));
      ++first[order[0]];
      if (order[0] == 0) ++second_after_a[order[1]];
    }
    CHECK(first[0] / double(kDraws) == doctest::Approx(0.6).epsilon(0.01));
    CHECK(first[1] / double(kDraws) == doctest::Approx(0.3).epsilon(0.02));
    CHECK(second_after_a[1] / double(first[0]) == doctest::Approx(0.75).epsilon(0.01));
  }

  TEST_CASE("the least busy for its weight is first, and equals take turns") {
    const std::vector<Credential> busy{credential("a", 1, 3), credential("b", 4, 8),
                                       credential("c", 1, 4)};
    CHECK(orderLeastBusy(busy, 1) == Order{1, 0, 2});
    const std::vector<Credential> equal{credential("a", 1, 2), credential("b", 1, 2)};
    int first = 0;
    for (uint64_t i = 0; i < 10'000; ++i) first += orderLeastBusy(equal, mixBits(i))[0] == 0;
    CHECK(first / 10'000.0 == doctest::Approx(0.5).epsilon(0.05));
  }

  TEST_CASE("a key keeps its credential wherever that stands in the list") {
    const std::vector<Credential> one{credential("a", 1), credential("b", 1), credential("c", 1)};
    const std::vector<Credential> other{credential("c", 1), credential("a", 1), credential("b", 1)};
    for (uint64_t key = 0; key < 1'000; ++key) {
      CHECK(one[orderByAffinity(one, key)[0]].id == other[orderByAffinity(other, key)[0]].id);
    }
  }

  TEST_CASE("keys spread by weight, and a new credential takes only what it gets") {
    const std::vector<Credential> before{credential("a", 2), credential("b", 1),
                                         credential("c", 1)};
    std::vector<Credential> after = before;
    after.push_back(credential("d", 1));
    constexpr uint64_t kKeys = 20'000;
    std::array<int, 4> share{};
    int moved = 0;
    for (uint64_t key = 0; key < kKeys; ++key) {
      const size_t old_home = orderByAffinity(before, key)[0];
      const size_t new_home = orderByAffinity(after, key)[0];
      ++share[old_home];
      if (new_home == old_home) continue;
      ++moved;
      CHECK(new_home == 3);
    }
    CHECK(share[0] / double(kKeys) == doctest::Approx(0.5).epsilon(0.03));
    CHECK(moved / double(kKeys) == doctest::Approx(0.2).epsilon(0.05));
  }

  TEST_CASE("a credential with more than its share under way is passed over") {
    std::vector<Credential> credentials{credential("a", 1), credential("b", 1), credential("c", 1)};
    for (uint64_t key = 0; key < 100; ++key) {
      for (Credential& one : credentials) one.view.in_flight = 3;
      const Order home = orderByAffinity(credentials, key);
      // All: 3 + 3 + 6, a share of 4, a bound of 6.25; then 13, 4.33 and 6.67.
      credentials[home[0]].view.in_flight = 6;
      CHECK(orderByAffinity(credentials, key) == home);
      credentials[home[0]].view.in_flight = 7;
      CHECK(orderByAffinity(credentials, key) == Order{home[1], home[2], home[0]});
    }
  }

  TEST_CASE("whoever cannot be asked does not count for the share") {
    // Alone of three: its share is all, so it is never too busy for it.
    const std::vector<Credential> credentials{
        credential("a", 1, 50), credential("b", 1, 0, Readiness::Blocked), credential("c", 0, 0)};
    for (uint64_t key = 0; key < 20; ++key) {
      CHECK(orderByAffinity(credentials, key) == Order{0, 2, 1});
    }
  }
}
