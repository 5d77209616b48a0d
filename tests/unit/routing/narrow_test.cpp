#include "routing/narrow.h"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::routing;

namespace {

std::string notAtB(const model::Provider& provider) {
  return provider.id == "b" ? "" : "it is at b";
}

struct Providers {
  model::Provider a, b;
  Providers() {
    a.id = "a";
    b.id = "b";
  }
  Line line(const std::vector<const model::Provider*>& of) const {
    Line line;
    for (const model::Provider* provider : of)
      line.candidates.push_back({.provider = provider, .model = "m"});
    return line;
  }
};

}  // namespace

TEST_SUITE("routing/narrow") {
  TEST_CASE("what cannot serve is passed over, and says why") {
    const Providers at;
    Decision decision;
    decision.line = at.line({&at.a, &at.b, &at.a});
    CHECK(narrow(decision, notAtB));
    REQUIRE(decision.line.candidates.size() == 1);
    CHECK(decision.line.candidates[0].provider == &at.b);
    REQUIRE(decision.line.passed.size() == 2);
    CHECK(decision.line.passed[0].reason == "it is at b");
    CHECK(decision.line.passed[0].model == "m");
  }

  TEST_CASE("a branch with nobody left goes, and its reasons stay") {
    const Providers at;
    Decision decision;
    decision.shape = Shape::Ensemble;
    for (const auto* provider : {&at.a, &at.b}) decision.branches.push_back({at.line({provider})});
    CHECK(narrow(decision, notAtB));
    REQUIRE(decision.branches.size() == 1);
    CHECK(decision.branches[0].line.candidates[0].provider == &at.b);
    CHECK(decision.line.passed.size() == 1);
  }

  TEST_CASE("nobody left is told, but of a request that is refused anyway") {
    const Providers at;
    Decision decision;
    decision.line = at.line({&at.a});
    CHECK_FALSE(narrow(decision, notAtB));
    Decision refused;
    refused.shape = Shape::Refused;
    CHECK(narrow(refused, notAtB));
  }
}
