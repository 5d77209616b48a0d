#include "pricing/bill_text.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "pricing/buckets.h"

namespace penstock::pricing {
namespace {

std::string_view until(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

// One bucket, "i1000", into the usage.
bool addCount(std::string_view word, model::Usage& usage) {
  const auto bucket = std::ranges::find(kBuckets, word.front(), &Bucket::letter);
  if (bucket == kBuckets.end()) return false;
  int64_t& count = usage.*bucket->count;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data() + 1, end, count);
  return error == std::errc() && stop == end && count >= 0;
}

}  // namespace

std::string formatBill(std::string_view charge, const model::Usage& usage,
                       std::string_view service_tier) {
  std::string text(charge);
  char separator = '|';
  for (const Bucket& bucket : kBuckets) {
    const int64_t count = usage.*bucket.count;
    if (count <= 0) continue;
    text.append(1, separator).append(1, bucket.letter).append(std::to_string(count));
    separator = ' ';
  }
  if (separator == '|') text += '|';
  return text.append("|").append(service_tier);
}

std::optional<BillText> parseBill(std::string_view text) {
  BillText bill;
  const auto charge = parseCharge(until(text, '|'));
  bool good = charge.has_value();
  split(until(text, '|'), ' ', [&](std::string_view word) {
    if (!word.empty()) good = good && addCount(word, bill.usage);
  });
  if (!good) return std::nullopt;
  bill.charge = *charge;
  bill.service_tier = text;
  return bill;
}

}  // namespace penstock::pricing
