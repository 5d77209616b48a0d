#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "simulation/caller.h"

namespace penstock::simulation {

constexpr int64_t kSecond = 1'000;
constexpr int64_t kMinute = 60 * kSecond;

// Providers, what is known of them, and a caller. Each provider is one target: its model "m".
struct Fleet {
  explicit Fleet(uint64_t seed) : world(seed), board({.random = [this] { return world.bits(); }}) {}
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  Provider& add(const std::function<Provider::Mood(UnixMillis)>& mood,
                const std::string& group = {}) {
    Provider& made =
        providers.emplace_back(world, "prov_" + std::to_string(providers.size()), mood);
    made.settings.quota_group = group;
    targets.push_back({made, board.target(made.settings, "m")});
    return made;
  }
  Provider& add(double median_ms) {
    return add([median_ms](UnixMillis) { return Provider::Mood{median_ms}; });
  }
  std::vector<size_t> inOrder() const {
    std::vector<size_t> order(targets.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    return order;
  }

  World world;
  routing::HealthBoard board;
  std::deque<Provider> providers;
  std::vector<Target> targets;
  Caller caller{world, targets};
};

// Of at least one.
inline int64_t medianOf(std::vector<int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace penstock::simulation
