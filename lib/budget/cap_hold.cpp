#include "budget/cap_hold.h"

#include <mutex>

#include "budget/ledger_parts.h"

namespace penstock::budget {

// Under the account's lock.
CapHold::CapHold(std::shared_ptr<Account> account, int64_t at_most)
    : account_(std::move(account)), at_most_(at_most) {
  account_->hold(at_most_);
}

CapHold& CapHold::operator=(CapHold&& other) noexcept {
  if (this == &other) return *this;
  release();
  account_ = std::move(other.account_);
  at_most_ = other.at_most_;
  return *this;
}

void CapHold::release() {
  const auto account = std::move(account_);
  if (account == nullptr) return;
  std::lock_guard lock(account->mutex);
  account->unhold(at_most_);
}

Result<CapHold, int64_t> Ledger::holdCap(std::string_view account_id, int64_t at_most,
                                         int64_t settled, UnixMillis now) {
  auto account = parts_->find(account_id);
  if (account == nullptr) {
    if (settled > at_most) return settled;
    return CapHold();  // nobody reserves in it
  }
  std::lock_guard lock(account->mutex);
  const Bucket* const bucket = account->find({}, now);
  const int64_t taken = bucket != nullptr && bucket->loaded ? bucket->taken() : settled;
  if (taken > at_most) return taken;
  return CapHold(std::move(account), at_most);
}

}  // namespace penstock::budget
