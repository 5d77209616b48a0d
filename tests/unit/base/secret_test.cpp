#include "base/secret.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;

TEST_SUITE("base/secret") {
  TEST_CASE(
      "a fingerprint shows four characters at each end of a long secret and nothing of a short "
      "one") {
    CHECK(Secret("sk-proj-0123456789-TA0A").fingerprint() == "sk-p...TA0A");
    CHECK(Secret("sk-short").fingerprint() == "***");
    CHECK(Secret().fingerprint() == "***");
  }

  TEST_CASE("moving leaves nothing behind") {
    Secret from("0123456789");
    const Secret to(std::move(from));
    CHECK(from.empty());  // NOLINT(bugprone-use-after-move): that is the promise
    CHECK(to.reveal() == "0123456789");
  }
}
