#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/sync.h"
#include "budget/account.h"
#include "budget/alert.h"
#include "budget/ledger.h"

namespace penstock::budget {

// A bucket that the keeper has something to do with. The bucket's own flags (queued, dirty) say
// what, and keep it alive.
struct Work {
  std::shared_ptr<Account> account;
  Bucket* bucket = nullptr;
};

// Keeps the ledger's buckets in the store, on a thread of its own: fetches them, extends their
// leases, writes what was settled, tells of alerts. Everything that waits shares one commit.
// Thread-safe; its lock is taken after accounts' and never the other way round.
class Keeper {
 public:
  // `accounts` lists all accounts, for the tick's look after idle ones.
  Keeper(store::Store& store, const Clock& clock, Logger& log, AlertSink* sink,
         Ledger::Options options, std::function<std::vector<std::shared_ptr<Account>>()> accounts);
  ~Keeper();  // writes everything exactly
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // Leases for buckets marked `queued`; `resume` is called when that was tried.
  void extend(std::vector<Work> work, Ledger::Resume resume);
  // A bucket just marked `dirty`.
  void changed(Work work);
  void alert(Alert alert);
  // Returns when everything that came before the call is in the store, or could not be written.
  void sync();

 private:
  struct State {
    std::vector<Work> leases;
    std::vector<Work> dirty;
    std::vector<Ledger::Resume> waiting;
    std::vector<Alert> alerts;
    uint64_t syncs_wanted = 0, syncs_done = 0;
    bool stopping = false;
  };
  // A row on its way to the store.
  struct Row {
    Work work;
    store::LedgerBucket row;
    enum class Kind : uint8_t { Lease, Exact, Again } kind = Kind::Lease;
  };
  void run();
  bool pass(State&& taken, bool tick);
  void tell(std::vector<Alert> alerts);
  void load(store::Tables& tables, const Work& work);
  void extendLease(store::Tables& tables, const Work& work, std::vector<Row>& rows);
  void writeBack(store::Tables& tables, const Work& work, bool tick, std::vector<Row>& rows);
  void written(const std::vector<Row>& rows);
  void unwritten(const std::vector<Work>& leases, const std::vector<Work>& dirty,
                 const std::vector<Row>& rows);
  void lookAfterIdle();

  // Constant after construction.
  store::Store& store_;
  const Clock& clock_;
  Logger& log_;
  AlertSink* const sink_;
  const Ledger::Options options_;
  const std::function<std::vector<std::shared_ptr<Account>>()> accounts_;

  Sync<State> state_;
  std::condition_variable wake_;    // the thread
  std::condition_variable synced_;  // sync()
  // Used by the thread only.
  UnixMillis next_purge_ = 0;
  std::vector<Alert> untold_;  // the store refused them; again at the next tick
  std::jthread thread_;
};

}  // namespace penstock::budget
