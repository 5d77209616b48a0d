#pragma once

#include <cstdlib>
#include <random>

namespace penstock::test {

// How long a seeded random test runs: the same few rounds every time, or as PENSTOCK_FUZZ_SEED and
// PENSTOCK_FUZZ_ROUNDS say.
struct Fuzz {
  std::mt19937 random;
  int rounds;

  explicit Fuzz(int default_rounds)
      : random(static_cast<unsigned>(number("PENSTOCK_FUZZ_SEED", 20260512))),
        rounds(number("PENSTOCK_FUZZ_ROUNDS", default_rounds)) {}

 private:
  static int number(const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
  }
};

}  // namespace penstock::test
