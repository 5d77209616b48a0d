#pragma once

#include <chrono>

namespace penstock::test {

// How long a test waits for what must come: long enough for a loaded machine, and only ever spent
// by a test that fails.
constexpr std::chrono::seconds kPatience{20};

}  // namespace penstock::test
