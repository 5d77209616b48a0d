#include <utility>

#include "base/int128.h"
#include "budget/ledger_parts.h"

namespace penstock::budget {
namespace {

Alert alertOf(const Account& account, AlertKind kind, store::LedgerBucket row, int64_t pct = 0) {
  Alert alert{kind, account.budget, std::move(row), pct};
  alert.budget.cap = account.cap;  // a change under way may yet fail
  return alert;
}

void tell(const Account& account, const Bucket& bucket, Keeper& keeper, AlertKind kind,
          int64_t pct = 0) {
  keeper.alert(alertOf(account, kind, rowOf(account, bucket, bucket.leased, 0), pct));
}

void noteThresholds(const Account& account, Bucket& bucket, Keeper& keeper) {
  if (account.cap <= 0) return;  // all shares of nothing are reached from the start
  for (const int pct : account.budget.thresholds) {
    if (Int128{bucket.settled} * 100 < Int128{account.cap} * pct) break;  // they rise
    if (pct <= bucket.crossed_pct) continue;
    bucket.crossed_pct = pct;
    tell(account, bucket, keeper, pct == 100 ? AlertKind::Exceeded : AlertKind::Threshold, pct);
  }
}

void noteLow(const Account& account, Bucket& bucket, Keeper& keeper) {
  if (!account.budget.low_threshold) return;
  const bool low = account.cap - bucket.settled < *account.budget.low_threshold;
  if (low && !bucket.low_told) tell(account, bucket, keeper, AlertKind::Low);
  bucket.low_told = low;
}

}  // namespace

void noteCrossings(Account& account, Bucket& bucket, Keeper& keeper) {
  if (!bucket.kept) return;
  noteThresholds(account, bucket, keeper);
  noteLow(account, bucket, keeper);
}

void noteRefusal(Account& account, Bucket& bucket, Keeper& keeper) {
  if (!bucket.kept) return;
  // A cap that was lowered below what is settled sees no settlement any more.
  noteThresholds(account, bucket, keeper);
  const bool spent =
      Int128{bucket.settled} * 100 >= Int128{account.cap} * account.budget.soft_cap_pct;
  // The cap may have been raised since it was reached.
  const bool reached_told = bucket.crossed_pct >= 100 && bucket.settled >= account.cap;
  if (!spent || reached_told || bucket.refusal_told) return;
  bucket.refusal_told = true;
  tell(account, bucket, keeper, AlertKind::Refused);
}

void noteChange(Account& account, UnixMillis now, Keeper& keeper) {
  Bucket* const bucket = account.find({}, now);
  if (bucket != nullptr && bucket->loaded) {
    bucket->low_told = false;
    return noteLow(account, *bucket, keeper);
  }
  store::LedgerBucket row;
  row.account_id = account.id;
  row.period_start = account.window.start;
  row.period_end = account.window.end;
  keeper.alert(alertOf(account, AlertKind::Low, std::move(row)));
}

}  // namespace penstock::budget
