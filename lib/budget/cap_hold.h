#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace penstock::budget {

struct Account;

// Binds an account to a lower cap while the change that lowers it is under way, whatever is
// configured meanwhile: an older configuration may still come. Dropped when the change is in force,
// or has failed. Used by one thread at a time.
class CapHold {
 public:
  CapHold() = default;  // holds nothing
  ~CapHold() { release(); }
  CapHold(CapHold&& other) noexcept { *this = std::move(other); }
  CapHold& operator=(CapHold&& other) noexcept;

  void release();

 private:
  friend class Ledger;
  CapHold(std::shared_ptr<Account> account, int64_t at_most);

  std::shared_ptr<Account> account_;
  int64_t at_most_ = 0;
};

}  // namespace penstock::budget
