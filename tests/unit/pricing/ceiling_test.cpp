#include "pricing/ceiling.h"

#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "pricing/buckets.h"
#include "pricing/rates_text.h"

using namespace penstock;
using namespace penstock::pricing;

namespace {

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// Prices, bounds and usages within them, the same at every run.
class Random {
 public:
  int64_t below(int64_t end) {
    return static_cast<int64_t>(engine_() % static_cast<uint64_t>(end));
  }
  bool flip() { return below(2) == 0; }
  // Of any size up to `digits` digits, small ones as often as large ones.
  int64_t size(int digits) {
    int64_t end = 1;
    for (int64_t i = below(digits + 1); i > 0; --i) end *= 10;
    return below(end);
  }

  Price price() {
    Price price;
    const auto fill = [this](Rates& rates) {
      for (const Bucket& bucket : kBuckets) {
        rates.*bucket.rate = flip() ? inheritedRate(rates, bucket) : size(9);
      }
    };
    fill(price.base);
    int64_t above = 0;
    while (below(3) == 0) fill(price.tiers.emplace_back(Price::Tier{above += size(5), {}}).rates);
    if (flip()) price.request = size(11);
    return price;
  }

  RequestBound bound() {
    RequestBound bound;
    bound.input_tokens = size(6);
    bound.output_tokens = size(6);
    bound.audio_input = flip();
    bound.audio_output = flip();
    bound.image_input = flip();
    bound.image_output = flip();
    bound.long_cache = flip();
    bound.web_searches = size(2);
    bound.images = size(2);
    bound.characters = size(4);
    bound.audio_ms = size(7);
    bound.multiplier_permille = flip() ? 1000 : 1 + below(7000);
    return bound;
  }

  model::Usage within(const RequestBound& bound) {
    model::Usage usage;
    int64_t input = flip() ? bound.input_tokens : below(bound.input_tokens + 1);
    int64_t output = flip() ? bound.output_tokens : below(bound.output_tokens + 1);
    const auto take = [this](int64_t& rest) {
      const int64_t part = flip() ? rest : below(rest + 1);
      rest -= part;
      return part;
    };
    const bool last = flip();  // so that every bucket is the largest now and then
    if (last) usage.input_uncached = take(input);
    usage.input_cache_write = take(input);
    if (bound.long_cache) usage.input_cache_write_1h = take(input);
    if (bound.audio_input) usage.input_audio = take(input);
    if (bound.audio_input) usage.input_cache_read_audio = take(input);
    if (bound.image_input) usage.input_image = take(input);
    if (bound.image_input) usage.input_cache_read_image = take(input);
    usage.input_cache_read = take(input);
    usage.input_uncached += input;
    usage.output_reasoning = take(output);
    if (bound.audio_output) usage.output_audio = take(output);
    if (bound.image_output) usage.output_image = take(output);
    usage.output_text = output;
    usage.web_searches = below(bound.web_searches + 1);
    usage.images = below(bound.images + 1);
    usage.characters = below(bound.characters + 1);
    usage.audio_ms = flip() ? bound.audio_ms : below(bound.audio_ms + 1);
    return usage;
  }

  Multiplier multiplier(int64_t permille) {
    if (flip()) return {permille, 1000};
    const int64_t denominator = 1 + below(50);
    const int64_t numerator = permille * denominator / 1000;
    return numerator < 1 ? Multiplier{permille, 1000} : Multiplier{numerator, denominator};
  }

 private:
  std::mt19937_64 engine_{20261122};  // NOLINT(cert-msc51-cpp)
};

}  // namespace

TEST_SUITE("pricing/ceiling") {
  TEST_CASE("no usage within the bound costs more") {
    Random random;
    int reached = 0;
    for (int round = 0; round < 20'000; ++round) {
      const Price price = random.price();
      const RequestBound bound = random.bound();
      const Money ceiling = ceilingCost(price, bound);
      for (int i = 0; i < 10; ++i) {
        const model::Usage usage = random.within(bound);
        const Multiplier multiplier = random.multiplier(bound.multiplier_permille);
        const Cost cost = costOf(price, usage, multiplier);
        if (cost.total > ceiling) {
          FAIL_CHECK(formatRates(price) << " costs " << cost.total.nanos << " > " << ceiling.nanos);
        }
        if (cost.total == ceiling) ++reached;
      }
    }
    CHECK(reached > 1000);  // the bound is no wider than it must be
  }

  TEST_CASE("the output that fits is exact: one more does not") {
    Random random;
    int limited = 0;
    for (int round = 0; round < 50'000; ++round) {
      const Price price = random.price();
      RequestBound bound = random.bound();
      const Money available{random.flip() ? random.size(12) : ceilingCost(price, bound).nanos};
      const int64_t fits = outputThatFits(price, bound, available);
      bound.output_tokens = 0;
      const bool none = ceilingCost(price, bound) > available;
      CHECK(none == (fits == -1));
      if (none || fits == kMost) continue;
      ++limited;
      bound.output_tokens = fits;
      CHECK(ceilingCost(price, bound) <= available);
      bound.output_tokens = fits + 1;
      CHECK(ceilingCost(price, bound) > available);
    }
    CHECK(limited > 10'000);
  }

  TEST_CASE("every tier up to the bound counts, cheaper ones beyond too") {
    const auto price = parseRates("i10000>100:1000 o10000>100:1000");
    REQUIRE(price);
    RequestBound bound;
    bound.input_tokens = 500;
    CHECK(ceilingCost(*price, bound) == Money{1000});  // 100 tokens below the cliff cost more
    bound.input_tokens = 2000;
    CHECK(ceilingCost(*price, bound) == Money{2000});
    bound.input_tokens = 100;
    bound.output_tokens = 5;
    CHECK(ceilingCost(*price, bound) == Money{1050});
    CHECK(outputThatFits(*price, bound, {1050}) == 5);
    CHECK(outputThatFits(*price, bound, {999}) == -1);
  }

  TEST_CASE("free output, endless money and absurd figures") {
    Price price;
    price.base.input = 1000;
    RequestBound bound;
    bound.input_tokens = 5;
    CHECK(outputThatFits(price, bound, {5}) == kMost);
    CHECK(outputThatFits(price, bound, {4}) == -1);
    CHECK(outputThatFits(price, bound, {-1}) == -1);
    price.base.output = kMost;
    bound.input_tokens = bound.output_tokens = kMost;
    CHECK(ceilingCost(price, bound) == Money{kMost});
    CHECK(outputThatFits(price, bound, {kMost}) == kMost);
    CHECK(outputThatFits(price, bound, {kMost - 1}) == -1);
    bound.input_tokens = -3;
    bound.output_tokens = -3;
    CHECK(ceilingCost(price, bound) == Money{});
  }
}
