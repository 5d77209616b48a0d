#include "manage/ledger_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace penstock::manage {
namespace {

constexpr UnixMillis kNoEnd = std::numeric_limits<UnixMillis>::max();

// What memory knows of the bucket, if it is of that period.
std::optional<budget::Standing> standingOf(const Services& services, std::string_view account_id,
                                           std::string_view value, UnixMillis period_start) {
  if (!services.ledger_standing) return std::nullopt;
  auto standing = services.ledger_standing(account_id, value);
  return standing && standing->period.start == period_start ? standing : std::nullopt;
}

}  // namespace

void syncLedger(const Services& services) {
  if (services.sync_ledger) services.sync_ledger();
}

Use useOf(const Services& services, const store::LedgerBucket& bucket) {
  Use use{bucket.settled, bucket.leased - bucket.settled, bucket.requests};
  if (const auto standing =
          standingOf(services, bucket.account_id, bucket.value, bucket.period_start)) {
    use.spent = standing->settled;
    use.reserved = standing->reserved;
    use.requests = standing->requests;
  }
  return use;
}

Use useOf(const Services& services, store::Tables& tables, const model::Budget& budget,
          std::string_view value, const budget::Period& period) {
  if (const auto row = tables.ledger_buckets.find(budget.id, value, period.start)) {
    return useOf(services, *row);
  }
  store::LedgerBucket empty;
  empty.account_id = budget.id;
  empty.value = value;
  empty.period_start = period.start;
  return useOf(services, empty);
}

int64_t leftOf(int64_t cap, const Use& use) {
  return std::max<int64_t>(cap - use.spent - use.reserved, 0);
}

double usedPct(int64_t cap, int64_t spent) {
  constexpr double kAll = 100;
  constexpr double kHundredths = 100;
  if (cap <= 0) return kAll;
  const double share = static_cast<double>(spent) / static_cast<double>(cap);
  return std::round(share * kAll * kHundredths) / kHundredths;
}

std::optional<int64_t> forecastOf(int64_t spent, const budget::Period& period, UnixMillis now) {
  constexpr UnixMillis kHundredth = 100;
  if (period.end == kNoEnd) return std::nullopt;
  const UnixMillis length = period.end - period.start;
  const UnixMillis elapsed = now - period.start;
  if (elapsed <= 0 || elapsed < length / kHundredth) return std::nullopt;
  const double forecast =
      static_cast<double>(spent) / static_cast<double>(elapsed) * static_cast<double>(length);
  if (forecast >= static_cast<double>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return std::llround(forecast);
}

}  // namespace penstock::manage
