#include "pricing/explain.h"

#include "pricing/buckets.h"
#include "pricing/wide.h"

namespace penstock::pricing {
namespace {

// Decimal dollars of picodollars.
std::string dollars(Int128 picos) {
  constexpr Int128 kPicosPerDollar = 1'000'000'000'000;
  std::string fraction = std::to_string(static_cast<int64_t>(picos % kPicosPerDollar));
  fraction = std::string(12 - fraction.size(), '0') + fraction;
  fraction.erase(fraction.find_last_not_of('0') + 1);
  const std::string whole = std::to_string(static_cast<int64_t>(picos / kPicosPerDollar));
  return fraction.empty() ? whole : whole + "." + fraction;
}

std::string_view unitOf(const Bucket& bucket) {
  switch (bucket.measure) {
    case Measure::Token: return "token";
    case Measure::Hour: return "millisecond";
    case Measure::Piece: break;
  }
  return bucket.letter == 'x' ? "search" : bucket.name;
}

CostLine lineOf(const Bucket& bucket, const Charge& charge, int64_t quantity) {
  const int64_t rate = charge.rates.*bucket.rate;
  CostLine line{bucket.name, quantity, unitOf(bucket), {}, {}, false, {}};
  line.multiplied = bucket.measure == Measure::Token;
  line.rate = line.multiplied ? usdPerMillionTokens(rate) : usdEach(rate);
  line.per = line.multiplied ? "million_tokens" : line.unit;
  if (bucket.measure == Measure::Hour) line.per = "hour";
  return line;
}

}  // namespace

Explanation explain(const Charge& charge, const model::Usage& usage) {
  Explanation all;
  Int128 tokens = 0, pieces = 0, audio = 0;
  for (const Bucket& bucket : kBuckets) {
    const int64_t quantity = usage.*bucket.count;
    if (quantity <= 0) continue;
    CostLine line = lineOf(bucket, charge, quantity);
    const Int128 amount = bounded(product(quantity, charge.rates.*bucket.rate));
    switch (bucket.measure) {
      case Measure::Token: tokens = bounded(tokens + amount); break;
      case Measure::Piece: pieces = bounded(pieces + amount); break;
      case Measure::Hour: audio = bounded(audio + amount); break;
    }
    line.amount = dollars(bucket.measure == Measure::Hour ? amount / kMillisPerHour : amount);
    all.lines.push_back(std::move(line));
  }
  if (charge.request > 0) {
    pieces = bounded(pieces + charge.request);
    all.lines.push_back({"request", 1, "request", usdEach(charge.request), "request", false,
                         dollars(charge.request)});
  }
  all.total = charge.cost(usage).total;
  const Int128 hour = kMillisPerHour;
  const Int128 by = charge.multiplier.denominator;
  const Int128 sum =
      (tokens * charge.multiplier.numerator * hour + pieces * by * hour + audio * by) / (by * hour);
  all.sum = dollars(std::min(sum, kMaxNanos * kPicosPerNano));
  all.rounding = dollars(std::max<Int128>(all.total.nanos * kPicosPerNano - sum, 0));
  return all;
}

}  // namespace penstock::pricing
