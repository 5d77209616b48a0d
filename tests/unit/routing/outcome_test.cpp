#include "routing/outcome.h"

#include <set>
#include <string>

#include <doctest/doctest.h>

using namespace penstock::routing;

namespace {

constexpr OutcomeKind kAll[] = {OutcomeKind::Success,       OutcomeKind::RateLimited,
                                OutcomeKind::OutOfMoney,    OutcomeKind::Overloaded,
                                OutcomeKind::ServerError,   OutcomeKind::Timeout,
                                OutcomeKind::Transport,     OutcomeKind::Credential,
                                OutcomeKind::ModelNotFound, OutcomeKind::InvalidAnswer};

}  // namespace

TEST_SUITE("routing/outcome") {
  TEST_CASE("every outcome has a name of its own") {
    std::set<std::string_view> names;
    for (const OutcomeKind kind : kAll) names.insert(outcomeName(kind));
    CHECK(names.size() == std::size(kAll));
    CHECK_FALSE(names.contains("unknown"));
  }

  TEST_CASE("a fault is what a provider did not answer, or not as it should") {
    std::string faults;
    for (const OutcomeKind kind : kAll) {
      if (isFault(kind)) faults.append(outcomeName(kind)).append(" ");
    }
    CHECK(faults == "server_error timeout transport invalid_answer ");
  }

  TEST_CASE("a provider is well when it serves, or lacks one model only") {
    std::string well;
    for (const OutcomeKind kind : kAll) {
      if (isProviderWell(kind)) well.append(outcomeName(kind)).append(" ");
    }
    CHECK(well == "success model_not_found ");
  }
}
