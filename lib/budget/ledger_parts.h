#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "budget/account.h"
#include "budget/keeper.h"
#include "budget/ledger.h"

// Internal to budget/.
namespace penstock::budget {

// One claim of a request.
struct Claimed {
  Account* account = nullptr;
  const config::BudgetMatch* match = nullptr;
  Bucket* bucket = nullptr;
  int64_t amount = 0;
};

// Fetches what is about to be written: what another core wrote last takes long to come, and that of
// a request's budgets had better come together than one after the other.
inline void fetch(const void* line) { __builtin_prefetch(line, 1); }

struct Ledger::Parts {
  using AccountMap =
      std::unordered_map<std::string, std::shared_ptr<Account>, TextHash, std::equal_to<>>;

  Parts(store::Store& store, const Clock& ledger_clock, Logger& log, AlertSink* sink,
        Options ledger_options)
      : options(ledger_options),
        clock(ledger_clock),
        keeper(store, ledger_clock, log, sink, ledger_options, [this] { return all(); }) {}

  // What configure() made. Immutable; accounts live as long as one that names them.
  struct Accounts {
    std::shared_ptr<const config::BudgetIndex> budgets;
    std::vector<Account*> of_place;  // of those budgets: claims of now need no look-up
    AccountMap of_id;
    Account* find(const model::Budget& budget) const {
      const auto place = budgets ? budgets->placeOf(budget) : std::nullopt;
      return place ? of_place[*place] : findById(budget.id);
    }
    Account* findById(std::string_view budget_id) const;
  };

  // Each thread has a copy of its own, of which only it counts the users: a count that all requests
  // shared would go from core to core with each. Valid on this thread until it asks again.
  const std::shared_ptr<const Accounts>& current();
  std::shared_ptr<Account> find(std::string_view id);
  std::vector<std::shared_ptr<Account>> all();
  void replace(std::shared_ptr<const Accounts> next);
  // Those of the claims whose budgets are in force, in the order in which they are locked. They
  // live as long as `accounts`.
  struct Claims {
    std::vector<Claimed>& claims;  // the thread's own, until it asks again
    std::shared_ptr<const Accounts> accounts;
  };
  Claims claim(std::span<const config::BudgetMatch> matches);
  static uint64_t nextGeneration();

  const Options options;
  const Clock& clock;
  std::mutex mutex;
  std::shared_ptr<const Accounts> accounts = std::make_shared<const Accounts>();  // guarded
  // Of `accounts`; no two of any ledgers have the same. Read by each request, so beside nothing
  // that requests write.
  alignas(64) std::atomic<uint64_t> generation{nextGeneration()};
  alignas(64) std::atomic<uint64_t> refusals{0};
  std::atomic<uint64_t> overruns{0};
  std::vector<std::string> recovered;  // accounts; while the ledger is being made
  Keeper keeper;                       // last: its thread uses the rest
};

// Tells of the thresholds that a bucket's settled amount has crossed (see Account::telling) and
// whether a balance is low; that a request was refused for it; that a balance which was changed may
// be low, also when its bucket is in the store only. Under the account's lock.
void noteCrossings(Account& account, Bucket& bucket, Keeper& keeper);
void noteRefusal(Account& account, Bucket& bucket, Keeper& keeper);
void noteChange(Account& account, UnixMillis now, Keeper& keeper);

}  // namespace penstock::budget
