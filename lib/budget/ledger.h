#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "budget/alert.h"
#include "budget/cap_hold.h"
#include "budget/period.h"
#include "config/budget_index.h"
#include "model/budget.h"
#include "store/store.h"

namespace penstock::budget {

struct Account;
struct Bucket;
class Ledger;

// Whether its buckets are in the store. Those that are not start empty with the process, and nobody
// is told of them.
bool isKept(const model::Budget& budget);

// What a request takes, or took, of each unit.
struct Amounts {
  int64_t usd = 0;  // nano-dollars
  int64_t tokens = 0;
  int64_t requests = 1;
  int64_t concurrency = 1;
  int64_t of(model::BudgetUnit unit) const;
};

// Amounts::of() of every BudgetUnit, by its number: a request may have dozens of budgets.
using ByUnit = std::array<int64_t, 4>;
ByUnit byUnit(const Amounts& amounts);

// How a budget stands for one request. `budget` is the caller's: of the snapshot it holds.
struct Standing {
  const model::Budget* budget = nullptr;
  std::string_view value;  // of the bucket; as the caller's claim has it
  // In force, which a newer configuration may have changed:
  model::BudgetUnit unit = model::BudgetUnit::Usd;
  model::BudgetAction action = model::BudgetAction::Block;
  model::BudgetOrigin origin = model::BudgetOrigin::Budget;
  int64_t cap = 0;
  int64_t settled = 0;
  int64_t reserved = 0;  // by all requests under way; after granting, this one's included
  Period period;
  int64_t requests = 0;  // settled ones; of Ledger::standing() only
  bool counts = true;    // config::BudgetMatch::counts
  // Never below 0.
  int64_t left() const { return std::max<int64_t>(cap - settled - reserved, 0); }
  // How much of the cap is used, reserved included: all of a cap of nothing.
  double usedShare() const;
  // The same in ten-thousandths, exact, rounded up, so that what is used up is not shown as nearly
  // so.
  int64_t usedPermyriad() const;
};

// What was reserved for one request, in every bucket that binds it. Ends once: settled or released.
// One that is dropped is released. Used by one thread at a time.
class Reservation {
 public:
  Reservation() = default;
  ~Reservation() { release(); }
  Reservation(Reservation&& other) noexcept { *this = std::move(other); }
  Reservation& operator=(Reservation&& other) noexcept;

  // Takes what was really used; the rest is free again. More than was reserved is taken too: money
  // that is spent is spent.
  void settle(const Amounts& used);
  // Nothing was used.
  void release();
  // Another open reservation counts the request from now on, in the bucket that is `theirs` of its
  // grant's standings and `mine` here; false, and nothing done, when they are two buckets.
  bool handOver(size_t mine, Reservation& to, size_t theirs);
  bool open() const { return !held_.empty(); }

 private:
  friend class Ledger;
  struct Held {
    Account* account = nullptr;
    Bucket* bucket = nullptr;  // stays while a reservation is open in it
    int64_t amount = 0;
    bool counts = true;  // the request
  };
  void close(const Amounts* used);
  std::vector<Held> held_;
  // Keeps all accounts: one count instead of one a budget, which every thread would write to.
  std::shared_ptr<const void> accounts_;
  Ledger* ledger_ = nullptr;
};

enum class Verdict : uint8_t {
  Granted,
  Refused,    // a budget that blocks does not have it: see refused_by
  Downgrade,  // only budgets that downgrade do not have it: see refused_by
  Pending,    // buckets are being fetched or leases extended; `resume` is called, then ask again
};

struct Grant {
  Verdict verdict = Verdict::Granted;
  Reservation reservation;          // when granted
  std::vector<Standing> standings;  // of every budget that binds; empty while pending
  // Of standings, when it was not granted: one that blocks before one that downgrades, then the
  // most specific, then that with the least left.
  std::optional<size_t> refused_by;
  // What budgets that block have left for this request; absent where none binds.
  std::optional<int64_t> usd_left, tokens_left;
};

// Whether budgets that downgrade bind a request, or count it only, since it is downgraded already.
enum class Downgrades : uint8_t { Bind, Count };

// The ledger: what every budget has spent and reserved, in memory, with what is needed of it in the
// store so that a crash loses nothing.
//
// Reserving is atomic over all buckets that bind the request, and settled + reserved never exceeds
// the cap of a budget that blocks. (A cap that is lowered below what is taken already stays so
// until the period ends.) Other budgets count only.
//
// Durability: each bucket holds a lease in the store that is never less than settled + reserved.
// It is extended in steps, ahead of need; a request for which it does not suffice waits for the
// store (one commit, shared by all who wait). After a crash a bucket's lease counts as spent. The
// step is at most a twentieth of the cap, and 2,000th of it at first: it grows while it is used
// up within a quarter of a second and shrinks when it is idle. So recorded - true is at most what
// was reserved when the lease was last extended, plus a step. Budgets per minute or hour of tokens
// and requests, and concurrency, are not kept in the store.
//
// All methods are thread-safe; reserve and settle take about 0.1 µs a budget and never wait for the
// disk. Locks are per budget, taken in one order.
class Ledger {
 public:
  struct Options {
    std::chrono::milliseconds tick{1000};       // between looks after idle buckets, in real time
    size_t buckets_in_memory = 100'000;         // a budget; idle ones beyond are dropped, not lost
    UnixMillis keep_ended = 70LL * 86'400'000;  // buckets of periods that ended before are deleted
  };
  // Counts what a crash left leased as spent, and tells of it with the `budgets` in force, which
  // may be none yet. `sink`, which may be null, outlives the ledger.
  Ledger(store::Store& store, const Clock& clock, Logger& log, AlertSink* sink, Options options,
         std::shared_ptr<const config::BudgetIndex> budgets = nullptr);
  ~Ledger();  // everything is exact in the store afterwards
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // The budgets in force from now on: their caps bind the next reservation, whatever snapshot it
  // comes from. Budgets that are not named bind nobody.
  void configure(std::shared_ptr<const config::BudgetIndex> budgets);

  // Called on some thread when it is worth asking again; an error: the store does not take leases,
  // so nothing may be spent.
  using Resume = std::function<void(Status)>;
  // Claims come from BudgetIndex::match. `resume` is called once, if and only if Pending.
  Grant reserve(std::span<const config::BudgetMatch> claims, const Amounts& most,
                Downgrades downgrades, UnixMillis now, const Resume& resume);

  // A request was not served because of that budget: counts it, and tells of it, once a period and
  // bucket, if the budget is past its soft cap. (A request that is too large for a fresh budget
  // says nothing of it.)
  void refused(const Standing& by, UnixMillis now);

  // How the budgets stand, without reserving: dry runs. Buckets not in memory count as empty.
  std::vector<Standing> peek(std::span<const config::BudgetMatch> claims, UnixMillis now);

  // Brings the store's rows (LedgerBucketTable) up to date: `settled` is exact as of the call, and
  // leased - settled what is reserved, or less than a step more. For reports.
  void sync();
  // What is reserved and, for buckets that are not kept in the store, settled now; nothing when the
  // bucket is not in memory.
  std::optional<Standing> standing(std::string_view account_id, std::string_view value,
                                   UnixMillis now);

  // All buckets in memory of the account's present period together: of a budget that is not kept in
  // the store, all that were used.
  struct Totals {
    int64_t buckets = 0, settled = 0, reserved = 0, requests = 0;
  };
  Totals totals(std::string_view account_id, UnixMillis now);

  // Before a change that lowers the cap of an account with one bucket: from now on no reservation
  // passes `at_most`, until the hold is dropped. An error when more is taken already: how much.
  // `settled` is the row's, for a bucket that is not in memory; so on the writer thread, where
  // nobody fetches it meanwhile.
  Result<CapHold, int64_t> holdCap(std::string_view account_id, int64_t at_most, int64_t settled,
                                   UnixMillis now);

  // Since start: requests refused, and settlements above what was reserved.
  uint64_t refusals() const;
  uint64_t overruns() const;
  size_t buckets() const;

 private:
  friend class Reservation;
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace penstock::budget
