#include "budget/account.h"

#include <algorithm>
#include <limits>

#include "base/int128.h"

namespace penstock::budget {
namespace {

// See Account::telling. Rounded down: noteCrossings() looks closely.
int64_t tellingOf(const model::Budget& budget) {
  constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  Int128 from = kNever;
  if (!budget.thresholds.empty()) from = Int128{budget.cap} * budget.thresholds.front() / 100;
  if (budget.low_threshold) from = std::min(from, Int128{budget.cap} - *budget.low_threshold);
  return static_cast<int64_t>(std::clamp<Int128>(from, 0, kNever));
}

}  // namespace

// Money always; of the rest what lasts long enough to be worth it.
bool isKept(const model::Budget& budget) {
  if (budget.unit == model::BudgetUnit::Concurrency) return false;
  return budget.unit == model::BudgetUnit::Usd || (budget.period != model::BudgetPeriod::Minute &&
                                                   budget.period != model::BudgetPeriod::Hour);
}

uint64_t Account::next() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

Account::Account(const model::Budget& of)
    : id(of.id), order(next()), telling(tellingOf(of)), budget(of), cap(of.cap) {}

Bucket* Account::look(std::string_view value, UnixMillis now) {
  const auto found = buckets.find({periodOf(now).start, value});
  if (found == buckets.end()) return nullptr;
  remember(*found->second);
  // It may end elsewhere since the budget was changed: in the store nothing was told of that one.
  if (latest->period.end != window.end) {
    latest->crossed_pct = 0;
    latest->refusal_told = false;
  }
  latest->period = window;
  return latest;
}

void Account::remember(Bucket& bucket) {
  latest = &bucket;
  latest_plain = bucket.value.empty();
}

Bucket& Account::make(std::string_view value, UnixMillis now, size_t most_in_memory) {
  if (buckets.size() >= most_in_memory) dropIdle(now, std::numeric_limits<UnixMillis>::max());
  auto bucket = std::make_unique<Bucket>();
  bucket->value = std::string(value);
  bucket->period = periodOf(now);
  bucket->last_used = now;
  bucket->kept = isKept(budget);
  if (!bucket->kept) {
    bucket->loaded = true;
    bucket->leased = std::numeric_limits<int64_t>::max();
  }
  Bucket& made = *bucket;
  buckets.emplace(BucketKey{made.period.start, made.value}, std::move(bucket));
  remember(made);
  return made;
}

void Account::dropIdle(UnixMillis now, UnixMillis idle_since) {
  latest = nullptr;
  std::erase_if(buckets, [&](const auto& entry) {
    const Bucket& bucket = *entry.second;
    if (!bucket.spare()) return false;
    // What is not in the store goes only when it means nothing any more.
    if (!bucket.kept) return bucket.period.end <= now || bucket.taken() == 0;
    return bucket.period.end <= now || bucket.last_used < idle_since;
  });
}

bool Account::change(const model::Budget& next) {
  // Two changes may be put in force as one: then the cap may be what it was.
  const bool maybe_low =
      next.low_threshold && (next.cap != cap || next.low_threshold != budget.low_threshold ||
                             next.updated_at != budget.updated_at);
  budget = next;
  cap = next.cap;
  window = {};
  telling = tellingOf(next);
  bindCap();
  return maybe_low;
}

void Account::hold(int64_t at_most) {
  held.push_back(at_most);
  bindCap();
}

void Account::unhold(int64_t at_most) {
  held.erase(std::ranges::find(held, at_most));
  bindCap();
}

void Account::bindCap() {
  budget.cap = cap;
  for (const int64_t at_most : held) budget.cap = std::min(budget.cap, at_most);
}

bool Account::idle() const {
  return std::ranges::all_of(buckets, [](const auto& entry) { return entry.second->spare(); });
}

store::LedgerBucket rowOf(const Account& account, const Bucket& bucket, int64_t leased,
                          UnixMillis now) {
  return {account.id,          bucket.value,
          bucket.period.start, bucket.period.end,
          bucket.settled,      std::max(leased, bucket.settled),
          bucket.requests,     bucket.crossed_pct,
          bucket.refusal_told, now};
}

}  // namespace penstock::budget
