#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/brief_mutex.h"
#include "base/clock.h"
#include "base/text.h"
#include "budget/period.h"
#include "model/budget.h"
#include "store/ledger_buckets.h"

// Internal to budget/: what the ledger holds of one budget.
namespace penstock::budget {

// What a budget has counted for one distinct value in one period. Guarded by its account's mutex.
struct Bucket {
  std::string value;
  Period period;
  // What every request writes stands together: other threads' caches have to fetch it.
  alignas(64) int64_t settled = 0;
  int64_t reserved = 0;
  int64_t requests = 0;  // settled ones
  int64_t leased = 0;    // as the store has it, or less
  int64_t step = 0;      // of the next extension
  UnixMillis last_used = 0;
  int open = 0;         // reservations and writes under way; the bucket stays for them
  bool used = false;    // since it was last written
  bool dirty = false;   // with the keeper, to be written at the next tick
  bool queued = false;  // with the keeper, for its lease
  bool loaded = false;  // the store's row is in it
  // Whether it is in the store. Else it starts empty, and leases are not asked for.
  bool kept = true;
  bool low_told = false;  // AlertKind::Low
  bool refusal_told = false;
  int64_t asked = 0;        // a lease that a request waits for
  int64_t crossed_pct = 0;  // the highest threshold that was told of, or is about to be
  SteadyTime extended{};    // when the lease last grew

  int64_t taken() const { return settled + reserved; }
  // Nothing refers to it and nothing is lost with it.
  bool spare() const { return open == 0 && !queued && !dirty; }
};

struct BucketKey {
  UnixMillis start = 0;
  std::string_view value;  // of the bucket itself
  bool operator==(const BucketKey&) const = default;
};
struct BucketKeyHash {
  size_t operator()(const BucketKey& key) const {
    return TextHash{}(key.value) ^ std::hash<int64_t>{}(key.start);
  }
};

// A budget with its buckets. Outlives changes of the budget, and stays while anything in it is
// open.
struct Account : std::enable_shared_from_this<Account> {
  explicit Account(const model::Budget& of);

  const std::string id;
  // What every request needs stands together from here on, up to the budget's first members.
  alignas(64) const uint64_t order;  // no two of a process have the same; later ones have higher
  std::atomic<bool> active{true};    // whether the budget binds anybody now
  bool latest_plain = false;         // guarded: whether the latest bucket is that of no value
  // Guards what follows; several accounts are locked in their `order`.
  BriefMutex mutex;
  Bucket* latest = nullptr;   // the bucket of `window` last found: most budgets have one
  Period window;              // the period last asked for
  int64_t telling = 0;        // less settled than that has crossed no threshold and is not low
  model::Budget budget;       // its cap is the lowest of `cap` and `held`
  int64_t cap = 0;            // as it is configured
  std::vector<int64_t> held;  // caps of changes under way, see CapHold
  std::unordered_map<BucketKey, std::unique_ptr<Bucket>, BucketKeyHash> buckets;

  // Whether a request that does not fit is refused or rerouted, rather than counted only.
  bool binds(bool downgrades_bind) const {
    return budget.action == model::BudgetAction::Block ||
           (budget.action == model::BudgetAction::Downgrade && downgrades_bind);
  }
  bool blocks() const { return budget.action == model::BudgetAction::Block; }
  const Period& periodOf(UnixMillis now) {
    if (!window.holds(now)) {
      window = periodAt(budget, now);
      latest = nullptr;
    }
    return window;
  }
  Bucket* find(std::string_view value, UnixMillis now) {
    if (latest == nullptr || !window.holds(now)) return look(value, now);
    const bool again = latest_plain ? value.empty() : latest->value == value;
    return again ? latest : look(value, now);
  }
  Bucket& open(std::string_view value, UnixMillis now, size_t most_in_memory) {
    Bucket* const found = find(value, now);
    return found != nullptr ? *found : make(value, now, most_in_memory);
  }
  // Drops what is spare and over, or not used since `idle_since`.
  void dropIdle(UnixMillis now, UnixMillis idle_since);
  // The budget as it is from now on. In another kind of period what was counted since the same
  // moment holds on. True when it may have become low by that.
  bool change(const model::Budget& next);
  void hold(int64_t at_most);
  void unhold(int64_t at_most);
  // Whether nothing in it is open or has yet to be written.
  bool idle() const;

 private:
  static uint64_t next();
  void bindCap();
  Bucket* look(std::string_view value, UnixMillis now);
  void remember(Bucket& bucket);
  Bucket& make(std::string_view value, UnixMillis now, size_t most_in_memory);
};

// The store's row of a bucket with that lease.
store::LedgerBucket rowOf(const Account& account, const Bucket& bucket, int64_t leased,
                          UnixMillis now);

}  // namespace penstock::budget
