// How an A/B test splits its requests.
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "simulation/decider.h"

using namespace penstock;
using namespace penstock::simulation;

namespace {

constexpr int kRequests = 100'000;
constexpr double kTolerance = 0.01;  // of all requests

// A variant a weight, each at a target of its own.
config::Policy split(const Fleet& fleet, const std::vector<int64_t>& weights) {
  config::AbTest policy;
  const auto targets = targetsOf(fleet);
  for (size_t i = 0; i < weights.size(); ++i) {
    policy.variants.push_back({"variant " + std::to_string(i), weights[i], targets[i]});
  }
  return policy;
}

struct Experiment {
  explicit Experiment(std::vector<int64_t> of_weights) : fleet(7), weights(std::move(of_weights)) {
    for (size_t i = 0; i < weights.size(); ++i) fleet.add(100);
    decider = std::make_unique<Decider>(fleet, split(fleet, weights));
  }

  // The variant, which is also who serves.
  std::string decide(const std::string& user = "") {
    request.sticky_key = user;
    const routing::Decision made = decider->decide(request);
    const std::string& served = made.line.candidates.at(0).provider->id;
    CHECK("variant " + served.substr(served.find('_') + 1) == made.ab_variant);
    return made.ab_variant;
  }
  void check(const std::map<std::string, int>& counts) const {
    double whole = 0;
    for (const int64_t weight : weights) whole += static_cast<double>(weight);
    for (size_t i = 0; i < weights.size(); ++i) {
      const auto found = counts.find("variant " + std::to_string(i));
      const double share = found == counts.end() ? 0 : found->second / double{kRequests};
      INFO("variant ", i, " got ", share);
      CHECK(std::abs(share - static_cast<double>(weights[i]) / whole) < kTolerance);
    }
  }

  Fleet fleet;
  std::vector<int64_t> weights;
  std::unique_ptr<Decider> decider;
  Traits request;
};

const std::vector<std::vector<int64_t>> kSplits = {{50, 50}, {80, 20}, {99, 1}, {1, 2, 3, 4}};

}  // namespace

TEST_SUITE("simulation/ab_test") {
  TEST_CASE("without an end user, chance splits by weight, to a hundredth of the requests") {
    for (const auto& weights : kSplits) {
      Experiment experiment(weights);
      std::map<std::string, int> counts;
      for (int i = 0; i < kRequests; ++i) ++counts[experiment.decide()];
      experiment.check(counts);
    }
  }

  TEST_CASE("end users are split by weight, and each keeps the variant") {
    for (const auto& weights : kSplits) {
      Experiment experiment(weights);
      std::map<std::string, int> counts;
      std::map<std::string, std::string> first;
      constexpr int kUsers = kRequests / 2;
      for (int i = 0; i < kRequests; ++i) {
        const std::string user = "user-" + std::to_string(i % kUsers);
        const std::string variant = experiment.decide(user);
        ++counts[variant];
        const auto [known, is_new] = first.emplace(user, variant);
        if (known->second != variant) FAIL(user << " was moved");
      }
      CHECK(first.size() == kUsers);
      experiment.check(counts);
    }
  }

  TEST_CASE("one user is with one variant, however often they come") {
    Experiment experiment({50, 50});
    const std::string variant = experiment.decide("ada");
    for (int i = 0; i < 1000; ++i) CHECK(experiment.decide("ada") == variant);
    // And without one, both are seen.
    std::map<std::string, int> counts;
    for (int i = 0; i < 1000; ++i) ++counts[experiment.decide()];
    CHECK(counts.size() == 2);
  }
}
