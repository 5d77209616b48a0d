#include "store/ledger_buckets.h"

#include <limits>

#include "store/rows.h"

namespace penstock::store {
namespace {

LedgerBucket read(const storage::Rows& row) {
  constexpr int64_t kRefusalTold = 10'000;
  const int64_t told = row.integer(7);
  return {row.string(0),        row.string(1),  row.integer(2), row.integer(3),
          row.integer(4),       row.integer(5), row.integer(6), told % kRefusalTold,
          told >= kRefusalTold, row.integer(8)};
}

}  // namespace

std::optional<LedgerBucket> LedgerBucketTable::find(std::string_view account_id,
                                                    std::string_view value,
                                                    UnixMillis period_start) {
  return readOne(find_.query(account_id, value, period_start), read);
}

void LedgerBucketTable::put(const LedgerBucket& bucket) {
  put_.run(bucket.account_id, bucket.value, bucket.period_start, bucket.period_end, bucket.settled,
           bucket.leased, bucket.requests, bucket.updated_at);
}

std::vector<LedgerBucket> LedgerBucketTable::at(std::string_view account_id, UnixMillis time,
                                                const std::optional<std::string>& after,
                                                size_t limit) {
  return readAll(at_.query(account_id, time, after, limit), read);
}

std::vector<LedgerBucket> LedgerBucketTable::history(std::string_view account_id,
                                                     std::string_view value, size_t limit) {
  return readAll(history_.query(account_id, value, limit), read);
}

std::vector<LedgerBucket> LedgerBucketTable::busiest(std::string_view account_id,
                                                     UnixMillis period_start,
                                                     const std::optional<BusyPlace>& after,
                                                     size_t limit) {
  // More than any bucket has: what comes after it is everything.
  const int64_t settled = after ? after->settled : std::numeric_limits<int64_t>::max();
  const std::string_view value = after ? std::string_view(after->value) : std::string_view();
  return readAll(busiest_.query(account_id, period_start, settled, value, limit), read);
}

LedgerTotals LedgerBucketTable::totals(std::string_view account_id, UnixMillis period_start) {
  const auto totals = readOne(totals_.query(account_id, period_start), [](const auto& row) {
    return LedgerTotals{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
  });
  return totals.value_or(LedgerTotals{});
}

std::vector<LedgerBucket> LedgerBucketTable::recover() {
  std::vector<LedgerBucket> left = readAll(unsettled_.query(), read);
  if (!left.empty()) recover_.run();
  return left;
}

}  // namespace penstock::store
