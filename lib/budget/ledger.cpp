#include "budget/ledger.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "budget/ledger_parts.h"

namespace penstock::budget {
namespace {

// The claims' accounts, locked in their order so that no two requests wait for each other.
class Locks {
 public:
  explicit Locks(std::span<const Claimed> claims) : claims_(claims) {
    for (const Claimed& claim : claims_) claim.account->mutex.lock();
  }
  ~Locks() {
    for (const Claimed& claim : claims_) claim.account->mutex.unlock();
  }
  Locks(const Locks&) = delete;
  Locks& operator=(const Locks&) = delete;

 private:
  const std::span<const Claimed> claims_;
};

// The bucket is of the period last asked for.
Standing standingOf(const Account& account, const config::BudgetMatch& match,
                    const Bucket& bucket) {
  const model::Budget& budget = account.budget;
  return {.budget = match.budget,
          .value = match.value,
          .unit = budget.unit,
          .action = budget.action,
          .origin = budget.origin,
          .cap = budget.cap,
          .settled = bucket.settled,
          .reserved = bucket.reserved,
          .period = account.window,
          .counts = match.counts};
}

// Without a bucket, as a fresh one.
Standing standingOf(Account& account, const config::BudgetMatch& match, UnixMillis now) {
  if (const Bucket* bucket = account.find(match.value, now))
    return standingOf(account, match, *bucket);
  return standingOf(account, match, Bucket{});  // find() has looked at the period
}

bool blocks(const Standing& standing) { return standing.action == model::BudgetAction::Block; }

bool namedBefore(const Standing& a, const Standing& b) {
  if (blocks(a) != blocks(b)) return blocks(a);
  if (a.budget->scope != b.budget->scope) return a.budget->scope < b.budget->scope;
  return a.left() < b.left();
}

// The buckets that the keeper must see to before the request can go on.
using Wanting = std::vector<Work>;

void want(Wanting& wanting, const Claimed& claim, int64_t lease) {
  Bucket& bucket = *claim.bucket;
  bucket.asked = std::max(bucket.asked, lease);
  if (!std::exchange(bucket.queued, true))
    wanting.push_back({claim.account->shared_from_this(), &bucket});
}

// Puts every bucket in its claim. True when the store must be asked about some of them.
bool openBuckets(std::vector<Claimed>& claims, const Amounts& most, UnixMillis now,
                 size_t most_in_memory, Wanting& wanting) {
  bool wait = false;
  const ByUnit amounts = byUnit(most);
  for (const Claimed& claim : claims) {
    if (const Bucket* bucket = claim.account->latest) fetch(&bucket->settled);
  }
  for (Claimed& claim : claims) {
    const model::BudgetUnit unit = claim.account->budget.unit;
    claim.amount =
        claim.match->counts || !model::isCount(unit) ? amounts[static_cast<size_t>(unit)] : 0;
    claim.bucket = &claim.account->open(claim.match->value, now, most_in_memory);
    if (claim.bucket->loaded) continue;
    want(wanting, claim, claim.amount);
    wait = true;
  }
  return wait;
}

// What is left of one unit for a request; of nothing that binds it, everything.
class Left {
 public:
  void lower(int64_t to) { left_ = std::min(left_, to); }
  std::optional<int64_t> value() const {
    return left_ == kEverything ? std::nullopt : std::optional(left_);
  }

 private:
  static constexpr int64_t kEverything = std::numeric_limits<int64_t>::max();
  int64_t left_ = kEverything;
};

bool lacksLease(const Claimed& claim) {
  const Bucket& bucket = *claim.bucket;
  return bucket.kept && bucket.taken() + claim.amount > bucket.leased;
}

// Says how every budget stands, what is left and whom the request does not fit. True when some
// lease does not suffice.
bool judge(std::span<const Claimed> claims, Downgrades downgrades, Grant& grant) {
  Left usd, tokens;
  bool lacking = false;
  grant.standings.reserve(claims.size());
  for (size_t i = 0; i < claims.size(); ++i) {
    const Account& account = *claims[i].account;
    grant.standings.push_back(standingOf(account, *claims[i].match, *claims[i].bucket));
    const Standing& standing = grant.standings.back();
    const int64_t left = standing.left();
    lacking = lacking || lacksLease(claims[i]);
    if (account.blocks() && account.budget.unit == model::BudgetUnit::Usd) usd.lower(left);
    if (account.blocks() && account.budget.unit == model::BudgetUnit::Tokens) tokens.lower(left);
    const bool fits = claims[i].amount == 0 || claims[i].amount <= left;
    if (fits || !account.binds(downgrades == Downgrades::Bind)) continue;
    if (!grant.refused_by || namedBefore(standing, grant.standings[*grant.refused_by]))
      grant.refused_by = i;
  }
  grant.usd_left = usd.value();
  grant.tokens_left = tokens.value();
  return lacking;
}

void leaseMore(std::span<const Claimed> claims, Wanting& wanting) {
  for (const Claimed& claim : claims) {
    if (lacksLease(claim)) want(wanting, claim, claim.bucket->taken() + claim.amount);
  }
}

// Whether a lease should be extended before somebody has to wait for it.
bool runsOut(const Account& account, const Bucket& bucket) {
  if (!bucket.kept || bucket.leased - bucket.taken() >= bucket.step / 2) return false;
  return !account.blocks() || bucket.leased < account.budget.cap;
}

// Makes what a crash left leased settled, and tells of it in the same transaction. Returns whose it
// was.
std::vector<std::string> recover(store::Store& store, Logger& log, AlertSink* sink,
                                 const config::BudgetIndex* budgets) {
  std::vector<std::string> accounts;
  store.write([&](store::Tables& tables) {
    std::unordered_map<std::string_view, const model::Budget*> known;
    const auto left = tables.ledger_buckets.recover();
    if (!left.empty() && budgets != nullptr) {
      for (const model::Budget& budget : budgets->all()) known.emplace(budget.id, &budget);
    }
    for (const store::LedgerBucket& bucket : left) {
      accounts.push_back(bucket.account_id);
      if (sink == nullptr) continue;
      const auto found = known.find(bucket.account_id);
      Alert alert{AlertKind::Recovered, {}, bucket};
      if (found != known.end()) alert.budget = *found->second;
      alert.budget.id = bucket.account_id;
      sink->tell(tables, alert);
    }
  });
  if (!accounts.empty()) {
    log.warn("ledger_recovered", {{"buckets", std::to_string(accounts.size())}});
  }
  return accounts;
}

}  // namespace

Account* Ledger::Parts::Accounts::findById(std::string_view budget_id) const {
  const auto found = of_id.find(budget_id);
  return found == of_id.end() ? nullptr : found->second.get();
}

uint64_t Ledger::Parts::nextGeneration() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1) + 1;
}

const std::shared_ptr<const Ledger::Parts::Accounts>& Ledger::Parts::current() {
  struct Seen {
    uint64_t generation = 0;  // of none
    std::shared_ptr<const Accounts> accounts;
  };
  static thread_local Seen seen;
  if (seen.generation == generation.load(std::memory_order_acquire)) return seen.accounts;
  std::lock_guard lock(mutex);
  // Whose count is this thread's is the holder; it keeps the accounts.
  const auto holder = std::make_shared<const std::shared_ptr<const Accounts>>(accounts);
  seen = {generation.load(), {holder, holder->get()}};
  return seen.accounts;
}

void Ledger::Parts::replace(std::shared_ptr<const Accounts> next) {
  std::lock_guard lock(mutex);
  accounts.swap(next);
  generation.store(nextGeneration(), std::memory_order_release);
}

std::shared_ptr<Account> Ledger::Parts::find(std::string_view id) {
  const auto& now = current();
  const auto found = now->of_id.find(id);
  return found == now->of_id.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Account>> Ledger::Parts::all() {
  const auto& now = current();
  std::vector<std::shared_ptr<Account>> all;
  all.reserve(now->of_id.size());
  for (const auto& [id, account] : now->of_id) all.push_back(account);
  return all;
}

Ledger::Parts::Claims Ledger::Parts::claim(std::span<const config::BudgetMatch> matches) {
  static thread_local std::vector<Claimed> claims;
  claims.clear();
  Claims result{claims, current()};
  for (const config::BudgetMatch& match : matches) {
    Account* account = result.accounts->find(*match.budget);
    if (account == nullptr) continue;
    fetch(&account->mutex);
    claims.push_back({account, &match});
  }
  std::erase_if(claims, [](const Claimed& claim) { return !claim.account->active; });
  const auto order = [](const Claimed& claim) { return claim.account->order; };
  // As a rule each comes once and in order.
  const auto unsorted = std::ranges::adjacent_find(claims, std::ranges::greater_equal{}, order);
  if (unsorted == claims.end()) return result;
  std::ranges::sort(claims, {}, order);
  const auto same = [](const Claimed& a, const Claimed& b) { return a.account == b.account; };
  claims.erase(std::unique(claims.begin(), claims.end(), same), claims.end());
  return result;
}

Ledger::Ledger(store::Store& store, const Clock& clock, Logger& log, AlertSink* sink,
               Options options, std::shared_ptr<const config::BudgetIndex> budgets)
    : parts_([&] {
        auto left = recover(store, log, sink, budgets.get());
        auto parts = std::make_unique<Parts>(store, clock, log, sink, options);
        parts->recovered = std::move(left);
        return parts;
      }()) {
  if (budgets) configure(std::move(budgets));
  // What counts as spent now may have made a balance low.
  for (const std::string& id : std::exchange(parts_->recovered, {})) {
    const auto account = parts_->find(id);
    if (account == nullptr) continue;
    std::lock_guard lock(account->mutex);
    if (account->budget.low_threshold) noteChange(*account, clock.now(), parts_->keeper);
  }
}

Ledger::~Ledger() = default;

void Ledger::configure(std::shared_ptr<const config::BudgetIndex> budgets) {
  const auto before = parts_->current();  // a copy: replace() makes this thread's own stale
  auto next = std::make_shared<Parts::Accounts>();
  next->of_id.reserve(budgets->all().size());
  next->of_place.reserve(budgets->all().size());
  for (const model::Budget& budget : budgets->all()) {
    const auto known = before->of_id.find(budget.id);
    std::shared_ptr<Account> account;
    if (known == before->of_id.end()) {
      account = std::make_shared<Account>(budget);
    } else {
      account = known->second;
      std::lock_guard lock(account->mutex);
      if (account->change(budget)) noteChange(*account, parts_->clock.now(), parts_->keeper);
    }
    account->active = budget.enabled;
    const auto place = next->of_id.emplace(budget.id, std::move(account)).first;
    next->of_place.push_back(place->second.get());
  }
  next->budgets = std::move(budgets);
  // One that is gone may come back while requests of before are under way: then it must find them.
  for (const auto& [id, account] : before->of_id) {
    if (next->of_id.contains(id)) continue;
    account->active = false;
    std::lock_guard lock(account->mutex);
    if (!account->idle()) next->of_id.emplace(id, account);
  }
  parts_->replace(std::move(next));
}

Grant Ledger::reserve(std::span<const config::BudgetMatch> matches, const Amounts& most,
                      Downgrades downgrades, UnixMillis now, const Resume& resume) {
  Grant grant;
  auto [claims, accounts] = parts_->claim(matches);
  if (claims.empty()) return grant;
  Wanting wanting;
  const Locks locks(claims);
  if (openBuckets(claims, most, now, parts_->options.buckets_in_memory, wanting)) {
    grant.verdict = Verdict::Pending;
    parts_->keeper.extend(std::move(wanting), resume);
    return grant;
  }
  const bool lacking = judge(claims, downgrades, grant);
  if (grant.refused_by) {
    const Claimed& by = claims[*grant.refused_by];
    grant.verdict = by.account->blocks() ? Verdict::Refused : Verdict::Downgrade;
    return grant;
  }
  if (lacking) {
    leaseMore(claims, wanting);
    grant.verdict = Verdict::Pending;
    parts_->keeper.extend(std::move(wanting), resume);
    return grant;
  }
  grant.reservation.ledger_ = this;
  grant.reservation.accounts_ = std::move(accounts);
  grant.reservation.held_.reserve(claims.size());
  for (size_t i = 0; i < claims.size(); ++i) {
    Bucket& bucket = *claims[i].bucket;
    bucket.reserved += claims[i].amount;
    ++bucket.open;
    bucket.used = true;
    bucket.last_used = now;
    grant.standings[i].reserved = bucket.reserved;
    grant.reservation.held_.push_back(
        {claims[i].account, &bucket, claims[i].amount, claims[i].match->counts});
    if (runsOut(*claims[i].account, bucket)) want(wanting, claims[i], bucket.leased + 1);
  }
  if (!wanting.empty()) parts_->keeper.extend(std::move(wanting), {});
  return grant;
}

std::vector<Standing> Ledger::peek(std::span<const config::BudgetMatch> matches, UnixMillis now) {
  const auto [claims, accounts] = parts_->claim(matches);
  const Locks locks(claims);
  std::vector<Standing> standings;
  standings.reserve(claims.size());
  for (const Claimed& claim : claims) {
    standings.push_back(standingOf(*claim.account, *claim.match, now));
  }
  return standings;
}

void Ledger::refused(const Standing& by, UnixMillis now) {
  parts_->refusals.fetch_add(1, std::memory_order_relaxed);
  const auto account = parts_->find(by.budget->id);
  if (account == nullptr) return;
  std::lock_guard lock(account->mutex);
  if (Bucket* bucket = account->find(by.value, now)) noteRefusal(*account, *bucket, parts_->keeper);
}

void Ledger::sync() { parts_->keeper.sync(); }

std::optional<Standing> Ledger::standing(std::string_view account_id, std::string_view value,
                                         UnixMillis now) {
  const auto account = parts_->find(account_id);
  if (account == nullptr) return std::nullopt;
  std::lock_guard lock(account->mutex);
  const Bucket* bucket = account->find(value, now);
  if (bucket == nullptr || !bucket->loaded) return std::nullopt;
  Standing standing = standingOf(*account, {nullptr, {}}, *bucket);
  standing.requests = bucket->requests;
  return standing;
}

Ledger::Totals Ledger::totals(std::string_view account_id, UnixMillis now) {
  Totals totals;
  const auto account = parts_->find(account_id);
  if (account == nullptr) return totals;
  std::lock_guard lock(account->mutex);
  const UnixMillis start = account->periodOf(now).start;
  for (const auto& [key, bucket] : account->buckets) {
    if (key.start != start) continue;
    totals.buckets += bucket->taken() > 0 || bucket->requests > 0 ? 1 : 0;
    totals.settled += bucket->settled;
    totals.reserved += bucket->reserved;
    totals.requests += bucket->requests;
  }
  return totals;
}

uint64_t Ledger::refusals() const { return parts_->refusals.load(std::memory_order_relaxed); }

uint64_t Ledger::overruns() const { return parts_->overruns.load(std::memory_order_relaxed); }

size_t Ledger::buckets() const {
  size_t count = 0;
  for (const auto& account : parts_->all()) {
    std::lock_guard lock(account->mutex);
    count += account->buckets.size();
  }
  return count;
}

}  // namespace penstock::budget
