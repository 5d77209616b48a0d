#include <algorithm>
#include <limits>
#include <utility>

#include "base/int128.h"
#include "budget/ledger_parts.h"

namespace penstock::budget {
namespace {

// Beyond what any request can cost; keeps sums of a hundred thousand of them within int64.
constexpr int64_t kMostOfOne = 90'000'000'000'000;

}  // namespace

int64_t Amounts::of(model::BudgetUnit unit) const {
  switch (unit) {
    case model::BudgetUnit::Usd: return std::clamp<int64_t>(usd, 0, kMostOfOne);
    case model::BudgetUnit::Tokens: return std::clamp<int64_t>(tokens, 0, kMostOfOne);
    case model::BudgetUnit::Requests: return requests;
    case model::BudgetUnit::Concurrency: return concurrency;
  }
  return 0;
}

double Standing::usedShare() const {
  if (cap <= 0) return 1;
  return static_cast<double>(settled + reserved) / static_cast<double>(cap);
}

int64_t Standing::usedPermyriad() const {
  constexpr int64_t kWhole = 10'000, kMost = std::numeric_limits<int64_t>::max();
  const int64_t used = settled + reserved;
  if (cap <= 0) return kWhole;
  if (used <= 0) return 0;
  if (used <= kMost / kWhole) return (used * kWhole - 1) / cap + 1;
  return static_cast<int64_t>(std::min<Int128>((Int128{used} * kWhole - 1) / cap + 1, kMost));
}

ByUnit byUnit(const Amounts& amounts) {
  using enum model::BudgetUnit;
  return {amounts.of(Usd), amounts.of(Tokens), amounts.of(Requests), amounts.of(Concurrency)};
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  release();
  held_ = std::exchange(other.held_, {});
  accounts_ = std::move(other.accounts_);
  ledger_ = other.ledger_;
  return *this;
}

void Reservation::settle(const Amounts& used) { close(&used); }

void Reservation::release() { close(nullptr); }

bool Reservation::handOver(size_t mine, Reservation& to, size_t theirs) {
  Held& from = held_[mine];
  Held& other = to.held_[theirs];
  if (from.bucket != other.bucket) return false;
  std::lock_guard lock(from.account->mutex);
  if (model::isCount(from.account->budget.unit)) std::swap(from.amount, other.amount);
  std::swap(from.counts, other.counts);
  return true;
}

void Reservation::close(const Amounts* used) {
  const auto keep = std::move(accounts_);
  const ByUnit amounts = used == nullptr ? ByUnit{} : byUnit(*used);
  for (const Held& held : held_) {
    fetch(&held.account->mutex);
    fetch(&held.bucket->settled);
  }
  for (const Held& held : std::exchange(held_, {})) {
    Ledger::Parts& parts = *ledger_->parts_;
    std::lock_guard lock(held.account->mutex);
    Bucket& bucket = *held.bucket;
    bucket.reserved -= held.amount;
    --bucket.open;
    bucket.used = true;
    const model::BudgetUnit unit = held.account->budget.unit;
    if (used != nullptr && unit != model::BudgetUnit::Concurrency) {
      const bool counted = held.counts || !model::isCount(unit);
      const int64_t amount = counted ? amounts[static_cast<size_t>(unit)] : 0;
      if (amount > held.amount) parts.overruns.fetch_add(1, std::memory_order_relaxed);
      bucket.settled += amount;
      if (held.counts) bucket.requests += used->requests;
      if (bucket.settled >= held.account->telling || bucket.low_told)
        noteCrossings(*held.account, bucket, parts.keeper);
    }
    if (!bucket.kept) continue;
    if (!std::exchange(bucket.dirty, true))
      parts.keeper.changed({held.account->shared_from_this(), &bucket});
    // More was used than was reserved: the lease follows.
    if (bucket.taken() > bucket.leased && !std::exchange(bucket.queued, true)) {
      parts.keeper.extend({{held.account->shared_from_this(), &bucket}}, {});
    }
  }
}

}  // namespace penstock::budget
