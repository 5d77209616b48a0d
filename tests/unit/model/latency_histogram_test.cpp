#include "model/latency_histogram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using penstock::model::LatencyHistogram;

TEST_SUITE("model/latency_histogram") {
  TEST_CASE("every bucket's middle is in it and within 1/32 of all that is") {
    size_t last = 0;
    for (int64_t micros = 0; micros < (int64_t{1} << 41); micros += 1 + micros / 97) {
      const size_t bucket = LatencyHistogram::bucketOf(micros);
      REQUIRE(bucket < LatencyHistogram::kBuckets);
      REQUIRE(bucket >= last);
      last = bucket;
      if (micros >= int64_t{1} << 40) continue;  // all in the last one
      const int64_t middle = LatencyHistogram::middleOf(bucket);
      REQUIRE(LatencyHistogram::bucketOf(middle) == bucket);
      REQUIRE(std::abs(middle - micros) * 32 <= micros);
    }
    CHECK(last == LatencyHistogram::kBuckets - 1);
    CHECK(LatencyHistogram::bucketOf(-5) == 0);
  }

  TEST_CASE("no samples have no percentile, one is all of them") {
    LatencyHistogram histogram;
    CHECK_FALSE(histogram.percentile(0.5));
    histogram.add(7);
    for (const double share : {0.0, 0.5, 1.0}) CHECK(histogram.percentile(share) == 7);
  }

  TEST_CASE("percentiles of a sum are those of all samples, within the error") {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> latency(12, 2);
    for (int round = 0; round < 50; ++round) {
      LatencyHistogram parts[4], whole, sum;
      std::vector<int64_t> samples;
      for (int i = 0; i < 1 + round * 20; ++i) {
        samples.push_back(static_cast<int64_t>(latency(random)));
        parts[random() % 4].add(samples.back());
        whole.add(samples.back());
      }
      for (const auto& part : parts) sum += part;
      std::sort(samples.begin(), samples.end());
      CHECK(sum.samples() == samples.size());
      for (const double share : {0.5, 0.95, 0.99}) {
        const auto rank =
            static_cast<size_t>(std::ceil(share * static_cast<double>(samples.size())));
        const auto exact = static_cast<double>(samples[rank - 1]);
        CHECK(sum.percentile(share) == whole.percentile(share));
        CHECK(static_cast<double>(*sum.percentile(share)) == doctest::Approx(exact).epsilon(0.033));
      }
      for (size_t i = 0; i < 3; ++i) sum -= parts[i];
      CHECK(sum.samples() == parts[3].samples());
      CHECK(sum.percentile(0.5) == parts[3].percentile(0.5));
    }
  }
}
