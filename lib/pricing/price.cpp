#include "pricing/price.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "pricing/buckets.h"
#include "pricing/wide.h"

namespace penstock::pricing {
namespace {

constexpr int64_t kMaxPart = 100'000;
constexpr int64_t kMaxQuotient = 1000;

// number / 10^digits.
std::string decimal(int64_t number, size_t digits) {
  std::string text = std::to_string(std::max<int64_t>(number, 0));
  if (text.size() <= digits) text = std::string(digits + 1 - text.size(), '0') + text;
  const size_t point = text.size() - digits;
  text = text.substr(0, point) + "." + text.substr(point);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Picodollars of one side: tokens are multiplied later, pieces are not; audio is in picodollars ×
// milliseconds, for an hour's rate is not a whole number of picodollars a millisecond.
struct Sum {
  Int128 tokens = 0, pieces = 0, audio = 0;

  void add(const Bucket& bucket, const Rates& rates, const model::Usage& usage) {
    if (usage.*bucket.count <= 0) return;
    const Int128 amount = product(usage.*bucket.count, rates.*bucket.rate);
    switch (bucket.measure) {
      case Measure::Token: tokens = bounded(tokens + amount); break;
      case Measure::Piece: pieces = bounded(pieces + amount); break;
      case Measure::Hour: audio = std::min(audio + amount, kMaxPicos * kMillisPerHour); break;
    }
  }
  Sum operator+(const Sum& other) const {
    return {bounded(tokens + other.tokens), bounded(pieces + other.pieces),
            std::min(audio + other.audio, kMaxPicos * kMillisPerHour)};
  }
};

// A fraction of nano-dollars. With kMaxPicos (2^83), a part of 10^5 and an hour the products stay
// below 2^123.
struct Nanos {
  Int128 numerator, denominator;
  Nanos(const Sum& sum, Multiplier by) {
    const Int128 hour = sum.audio == 0 ? 1 : kMillisPerHour;
    denominator = by.denominator * hour * kPicosPerNano;
    numerator = sum.tokens * by.numerator * hour + sum.pieces * by.denominator * hour +
                sum.audio * by.denominator;
  }
  Money down() const { return toMoney(numerator / denominator); }
  Money up() const { return toMoney((numerator + denominator - 1) / denominator); }
};

}  // namespace

std::optional<int64_t> picodollarsOf(double dollars, double scale) {
  constexpr double kMost = 1e15;
  const double picos = dollars * scale;
  if (!(picos >= 0) || picos > kMost) return {};
  // Of decimal fractions as doubles. A part of the price, or next to nothing would be nothing.
  const double tolerance = std::min(picos * 1e-9, 1e-3);
  if (std::abs(picos - std::round(picos)) > tolerance) return {};
  return std::llround(picos);
}

std::string usdPerMillionTokens(int64_t picodollars) { return decimal(picodollars, 6); }

std::string usdEach(int64_t picodollars) { return decimal(picodollars, 12); }

std::pair<int64_t, const Rates&> Price::tierFor(int64_t input_tokens) const {
  const Tier* passed = nullptr;
  for (const Tier& tier : tiers) {
    if (input_tokens > tier.above) passed = &tier;
  }
  if (passed == nullptr) return {-1, base};
  return {passed->above, passed->rates};
}

Multiplier operator*(Multiplier a, Multiplier b) {
  int64_t top = a.numerator * b.numerator;
  int64_t bottom = a.denominator * b.denominator;
  const int64_t common = std::gcd(top, bottom);
  top /= common;
  bottom /= common;
  if (top > kMaxPart || bottom > kMaxPart) {
    top = (top * 1000 + bottom - 1) / bottom;
    bottom = 1000;
  }
  if (top > bottom * kMaxQuotient) return {kMaxQuotient, 1};
  if (top * kMaxQuotient < bottom) return {1, kMaxQuotient};
  return {top, bottom};
}

Cost costOf(const Price& price, const model::Usage& usage, Multiplier multiplier) {
  const Rates& rates = price.ratesFor(usage.input());
  Sum input, output;
  input.pieces = product(1, price.request);
  for (const Bucket& bucket : kBuckets) {
    (bucket.side == Side::Input ? input : output).add(bucket, rates, usage);
  }
  Cost cost;
  cost.total = Nanos(input + output, multiplier).up();
  const bool no_output = output.tokens == 0 && output.pieces == 0 && output.audio == 0;
  cost.input = no_output ? cost.total : Nanos(input, multiplier).down();
  cost.output = cost.total - cost.input;
  return cost;
}

}  // namespace penstock::pricing
