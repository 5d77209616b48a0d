#include "routing/attempt_window.h"

#include <doctest/doctest.h>

using namespace penstock::routing;

TEST_SUITE("routing/attempt_window") {
  TEST_CASE("attempts are counted by how they ended") {
    AttemptWindow window;
    CHECK(window.counts(1000).successRate() == 1);
    window.record(OutcomeKind::Success, 1000);
    window.record(OutcomeKind::Timeout, 1000);
    window.record(OutcomeKind::RateLimited, 1500);
    window.record(OutcomeKind::Credential, 2000);
    const AttemptWindow::Counts counts = window.counts(2000);
    CHECK(counts.successes == 1);
    CHECK(counts.faults == 1);
    CHECK(counts.others == 2);
    CHECK(counts.successRate() == 0.25);
  }

  TEST_CASE("they are forgotten after a minute, and their seconds used again") {
    AttemptWindow window;
    window.record(OutcomeKind::Timeout, 5'500);
    window.record(OutcomeKind::Success, 6'000);
    CHECK(window.counts(64'999).faults == 1);
    CHECK(window.counts(65'000).faults == 0);
    CHECK(window.counts(65'000).successes == 1);
    window.record(OutcomeKind::Timeout, 65'000);  // the slot of 5'500
    CHECK(window.counts(65'000).faults == 1);
    CHECK(window.counts(1'000'000).successRate() == 1);
  }

  TEST_CASE("counting since a time leaves out that second") {
    AttemptWindow window;
    window.record(OutcomeKind::Timeout, 10'100);
    window.record(OutcomeKind::Timeout, 11'100);
    CHECK(window.countsSince(10'500, 12'000).faults == 1);
    CHECK(window.countsSince(9'000, 12'000).faults == 2);
  }

  TEST_CASE("a clock that is set back counts nothing of the time to come") {
    AttemptWindow window;
    window.record(OutcomeKind::Timeout, 50'000);
    CHECK(window.counts(40'000).faults == 0);
  }
}
