#include "declare/deployments.h"

#include <doctest/doctest.h>

using namespace penstock::declare;

namespace {

Deployment at(const std::string& provider, std::optional<double> weight = {}, int64_t order = 0) {
  return {.where = {}, .model = "m", .provider = provider, .weight = weight, .order = order};
}

std::vector<int64_t> weightsOf(const RoutingTarget& target) {
  std::vector<int64_t> weights;
  for (const auto& credential : target.credentials) weights.push_back(credential.weight);
  return weights;
}

}  // namespace

TEST_SUITE("declare/deployments") {
  TEST_CASE("weights that are whole stay, others become whole") {
    const auto weights = [](double a, double b) {
      const auto targets = targetsOf({at("a", a), at("b", b)});
      REQUIRE(targets.size() == 1);
      return weightsOf(targets.front());
    };
    CHECK(weights(3, 1) == std::vector<int64_t>{3, 1});
    CHECK(weights(0.75, 0.25) == std::vector<int64_t>{1000, 333});
    CHECK(weights(100'000, 1) == std::vector<int64_t>{1000, 1});
    CHECK(weights(0, 0) == std::vector<int64_t>{1, 1});
  }

  TEST_CASE("one provider is one credential, with the weights of all its deployments") {
    const auto targets = targetsOf({at("a"), at("b"), at("a")});
    REQUIRE(targets.size() == 1);
    CHECK(weightsOf(targets.front()) == std::vector<int64_t>{2, 1});
  }

  TEST_CASE("lower orders are asked first") {
    const auto targets = targetsOf({at("a", {}, 2), at("b", {}, 1), at("c", {}, 2)});
    REQUIRE(targets.size() == 2);
    CHECK(targets[0].credentials.front().provider == "b");
    CHECK(targets[1].credentials.size() == 2);
  }

  TEST_CASE("policies that choose see every deployment, none twice") {
    const auto targets = separateTargetsOf({at("a"), at("b"), at("a")});
    REQUIRE(targets.size() == 2);
    CHECK(targets[1].credentials.front().provider == "b");
  }
}
