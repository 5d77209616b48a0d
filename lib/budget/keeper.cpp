#include "budget/keeper.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace penstock::budget {
namespace {

constexpr auto kBusy = std::chrono::milliseconds(250);
constexpr UnixMillis kIdleInMemory = 10 * 60'000;
constexpr UnixMillis kPurgeEvery = 60'000;
constexpr int64_t kPurgeRows = 2'000;

// Steps, see ledger.h.
int64_t firstStep(int64_t cap) { return std::max<int64_t>(cap / 2'000, 1); }
int64_t lastStep(int64_t cap) { return std::max<int64_t>(cap / 20, 1); }

// Extends by a step that doubles while it is used up in no time.
int64_t extended(const Account& account, Bucket& bucket, SteadyTime now) {
  const int64_t cap = account.budget.cap;
  const bool busy = bucket.step > 0 && now - bucket.extended < kBusy;
  bucket.step = busy ? std::min(2 * bucket.step, lastStep(cap)) : firstStep(cap);
  bucket.extended = now;
  // What does not fit is asked for too, and refused afterwards.
  const int64_t asked = account.blocks() ? std::min(bucket.asked, cap) : bucket.asked;
  const int64_t needed = std::max(asked, bucket.taken());
  const int64_t wanted = std::max(needed, bucket.taken() + bucket.step);
  // More than the cap is never needed where the cap is never passed.
  return account.blocks() ? std::max(std::min(wanted, cap), needed) : wanted;
}

// Notes the alert in its bucket's row; false when it was noted before.
bool isFresh(store::Tables& tables, const Alert& alert) {
  if (alert.kind == AlertKind::Low || alert.kind == AlertKind::Recovered) return true;
  store::LedgerBucketTable& table = tables.ledger_buckets;
  const store::LedgerBucket& of = alert.bucket;
  // A budget of nothing has no lease, so perhaps no row.
  if (!table.find(of.account_id, of.value, of.period_start)) table.put(of);
  if (alert.kind == AlertKind::Refused) {
    return table.noteRefusalTold(of.account_id, of.value, of.period_start);
  }
  return table.noteAlerted(of.account_id, of.value, of.period_start, alert.pct);
}

// Low may be said of a bucket that is in the store only.
Alert completed(store::Tables& tables, Alert alert) {
  const store::LedgerBucket& of = alert.bucket;
  if (alert.kind != AlertKind::Low) return alert;
  const auto row = tables.ledger_buckets.find(of.account_id, of.value, of.period_start);
  if (row) alert.bucket.settled = std::max(of.settled, row->settled);
  return alert;
}

}  // namespace

Keeper::Keeper(store::Store& store, const Clock& clock, Logger& log, AlertSink* sink,
               Ledger::Options options,
               std::function<std::vector<std::shared_ptr<Account>>()> accounts)
    : store_(store),
      clock_(clock),
      log_(log),
      sink_(sink),
      options_(options),
      accounts_(std::move(accounts)),
      thread_([this] { run(); }) {}

Keeper::~Keeper() {
  state_.lock()->stopping = true;
  wake_.notify_one();
  thread_.join();
}

void Keeper::extend(std::vector<Work> work, Ledger::Resume resume) {
  auto state = state_.lock();
  std::move(work.begin(), work.end(), std::back_inserter(state->leases));
  if (resume) state->waiting.push_back(std::move(resume));
  wake_.notify_one();
}

void Keeper::changed(Work work) { state_.lock()->dirty.push_back(std::move(work)); }

void Keeper::alert(Alert alert) {
  state_.lock()->alerts.push_back(std::move(alert));
  wake_.notify_one();
}

void Keeper::sync() {
  auto state = state_.lock();
  const uint64_t mine = ++state->syncs_wanted;
  wake_.notify_one();
  state.wait(synced_, [&] { return state->syncs_done >= mine; });
}

void Keeper::run() {
  SteadyTime next_tick = std::chrono::steady_clock::now() + options_.tick;
  while (true) {
    State taken;
    {
      auto state = state_.lock();
      const auto left = std::max(next_tick - std::chrono::steady_clock::now(),
                                 std::chrono::steady_clock::duration::zero());
      state.waitFor(wake_, left, [&] {
        return state->stopping || !state->leases.empty() || !state->waiting.empty() ||
               !state->alerts.empty() || state->syncs_wanted > state->syncs_done;
      });
      taken.stopping = state->stopping;
      taken.syncs_wanted = state->syncs_wanted;
      taken.leases.swap(state->leases);
      taken.waiting.swap(state->waiting);
      taken.alerts.swap(state->alerts);
    }
    const bool tick = std::chrono::steady_clock::now() >= next_tick || taken.stopping;
    if (tick) next_tick = std::chrono::steady_clock::now() + options_.tick;
    {
      auto state = state_.lock();
      if (tick || taken.syncs_wanted > state->syncs_done) taken.dirty.swap(state->dirty);
    }
    const bool last = taken.stopping;
    const uint64_t syncs = taken.syncs_wanted;
    const bool done = pass(std::move(taken), tick);
    bool settled = false;
    {
      auto state = state_.lock();
      state->syncs_done = std::max(state->syncs_done, syncs);
      settled = state->dirty.empty();
    }
    synced_.notify_all();
    // What is still dirty at the end was used until a moment ago: once more, exactly.
    if (last && (settled || !done)) return;
    if (tick) lookAfterIdle();
  }
}

// One commit for all that is there. False when the store refused it.
bool Keeper::pass(State&& taken, bool tick) {
  std::vector<Row> rows;
  Status done = Unit{};
  if (!taken.leases.empty() || !taken.dirty.empty()) {
    try {
      store_.write([&](store::Tables& tables) {
        // Write-backs come first: they take leases back, which extensions then give anew.
        for (const Work& work : taken.dirty) writeBack(tables, work, tick, rows);
        for (const Work& work : taken.leases) {
          load(tables, work);
          extendLease(tables, work, rows);
        }
      });
      written(rows);
    } catch (const std::exception& failure) {
      log_.error("ledger_write_failed", {{"reason", failure.what()}});
      unwritten(taken.leases, taken.dirty, rows);
      done = ApiError{ErrorKind::Overloaded, "budget_ledger_unavailable",
                      "what is spent cannot be recorded at the moment"};
    }
  }
  if (tick) std::move(untold_.begin(), untold_.end(), std::back_inserter(taken.alerts));
  if (tick) untold_.clear();
  if (sink_ != nullptr && !taken.alerts.empty()) tell(std::move(taken.alerts));
  for (const Ledger::Resume& resume : taken.waiting) resume(done);
  return done.has_value();
}

// Each is noted in its bucket's row in the transaction that tells of it, so that it is told once.
void Keeper::tell(std::vector<Alert> alerts) {
  constexpr size_t kMostUntold = 10'000;
  try {
    store_.write([&](store::Tables& tables) {
      for (const Alert& alert : alerts) {
        if (isFresh(tables, alert)) sink_->tell(tables, completed(tables, alert));
      }
    });
    sink_->told();
  } catch (const std::exception& failure) {
    log_.error("budget_alerts_failed", {{"reason", failure.what()}});
    if (untold_.size() + alerts.size() > kMostUntold) return;
    std::move(alerts.begin(), alerts.end(), std::back_inserter(untold_));
  }
}

// Brings what the store has of the bucket into memory. The row is read without the lock, which
// other buckets of the account need.
void Keeper::load(store::Tables& tables, const Work& work) {
  Bucket& bucket = *work.bucket;
  UnixMillis start = 0;
  {
    std::lock_guard lock(work.account->mutex);
    if (bucket.loaded) return;
    start = bucket.period.start;
  }
  // Its value is constant while it lives.
  const auto row = tables.ledger_buckets.find(work.account->id, bucket.value, start);
  std::lock_guard lock(work.account->mutex);
  bucket.loaded = true;
  if (!row) return;
  bucket.asked += row->settled;  // what is asked for comes on top
  bucket.settled = row->settled;
  bucket.leased = row->settled;
  bucket.requests = row->requests;
  bucket.crossed_pct = row->alerted_pct;
  bucket.refusal_told = row->refusal_told;
}

void Keeper::extendLease(store::Tables& tables, const Work& work, std::vector<Row>& rows) {
  store::LedgerBucket row;
  {
    std::lock_guard lock(work.account->mutex);
    Bucket& bucket = *work.bucket;
    bucket.queued = false;
    if (std::max(bucket.asked, bucket.taken()) <= bucket.leased) return;
    const int64_t lease = extended(*work.account, bucket, clock_.steady());
    bucket.asked = 0;
    if (lease <= bucket.leased) return;
    row = rowOf(*work.account, bucket, lease, clock_.now());
    ++bucket.open;  // until it is written, or is not
  }
  rows.push_back({work, row, Row::Kind::Lease});
  tables.ledger_buckets.put(row);
}

// A bucket that was used since it was last written keeps its lease and is written again at the next
// tick; one that was not is written exactly as it is.
void Keeper::writeBack(store::Tables& tables, const Work& work, bool tick, std::vector<Row>& rows) {
  store::LedgerBucket row;
  Row::Kind kind = Row::Kind::Again;
  {
    std::lock_guard lock(work.account->mutex);
    Bucket& bucket = *work.bucket;
    if (tick && !std::exchange(bucket.used, false)) kind = Row::Kind::Exact;
    const int64_t lease =
        kind == Row::Kind::Exact ? bucket.taken() : std::max(bucket.leased, bucket.taken());
    bucket.leased = std::min(bucket.leased, lease);
    row = rowOf(*work.account, bucket, lease, clock_.now());
    ++bucket.open;
  }
  rows.push_back({work, row, kind});
  tables.ledger_buckets.put(row);
}

// The rows are in the store: leases may be used. Of two rows of one bucket the later one holds.
void Keeper::written(const std::vector<Row>& rows) {
  std::vector<Work> again;
  for (const Row& done : rows) {
    std::lock_guard lock(done.work.account->mutex);
    Bucket& bucket = *done.work.bucket;
    bucket.leased = done.row.leased;
    --bucket.open;
    if (done.kind == Row::Kind::Lease) {
      // Nobody may come to use it: the next tick takes it back then.
      if (!std::exchange(bucket.dirty, true)) again.push_back(done.work);
      continue;
    }
    if (done.kind == Row::Kind::Again || bucket.used)
      again.push_back(done.work);
    else
      bucket.dirty = false;
  }
  auto state = state_.lock();
  std::move(again.begin(), again.end(), std::back_inserter(state->dirty));
}

// They are not: leases stay as they were, or were lowered to; what is dirty stays so, and leases
// may be asked for again.
void Keeper::unwritten(const std::vector<Work>& leases, const std::vector<Work>& dirty,
                       const std::vector<Row>& rows) {
  for (const Work& work : leases) {
    std::lock_guard lock(work.account->mutex);
    work.bucket->queued = false;
    work.bucket->asked = 0;
  }
  for (const Row& row : rows) {
    std::lock_guard lock(row.work.account->mutex);
    --row.work.bucket->open;
    row.work.bucket->used = true;  // to be written again
  }
  auto state = state_.lock();
  state->dirty.insert(state->dirty.end(), dirty.begin(), dirty.end());
}

void Keeper::lookAfterIdle() {
  const UnixMillis now = clock_.now();
  for (const auto& account : accounts_()) {
    std::lock_guard lock(account->mutex);
    if (account->buckets.size() > 1) account->dropIdle(now, now - kIdleInMemory);
  }
  if (now < next_purge_) return;
  next_purge_ = now + kPurgeEvery;
  store_.post([before = now - options_.keep_ended](store::Tables& tables) {
    tables.ledger_buckets.purge(before, kPurgeRows);
  });
}

}  // namespace penstock::budget
