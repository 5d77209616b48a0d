#include "demo/vector.h"

#include <cmath>

#include <doctest/doctest.h>

namespace penstock::demo {
namespace {

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace

TEST_SUITE("demo/vector") {
  TEST_CASE("vectors have the size asked for, length one, and are always the same") {
    for (const size_t dimensions : {1, 2, 256, 1536}) {
      const auto vector = embedText("the quick brown fox", dimensions);
      CHECK(vector.size() == dimensions);
      CHECK(std::abs(dot(vector, vector) - 1) < 1e-5);
      CHECK(vector == embedText("the quick brown fox", dimensions));
    }
    CHECK(std::abs(dot(embedText("", 8), embedText("", 8)) - 1) < 1e-5);
  }

  TEST_CASE("texts that share words are nearer than texts that do not") {
    const auto fox = embedText("the quick brown fox", 256);
    CHECK(dot(fox, embedText("The quick brown dog", 256)) > 0.5);
    CHECK(dot(fox, embedText("hydraulic turbine efficiency", 256)) < 0.4);
  }

  TEST_CASE("two texts are never quite equal") {
    CHECK(embedText("Fox", 64) != embedText("fox", 64));
  }

  TEST_CASE("base64 is that of little-endian floats, padded") {
    CHECK(base64Floats({1.0F}) == "AACAPw==");
    CHECK(base64Floats({1.0F, -2.0F}) == "AACAPwAAAMA=");
    CHECK(base64Floats({1.0F, -2.0F, 0.0F}) == "AACAPwAAAMAAAAAA");
  }
}

}  // namespace penstock::demo
