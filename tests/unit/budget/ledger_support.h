#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "budget/ledger.h"
#include "support/store_fixture.h"

namespace penstock::test {

// What a ledger told, and how often it said it had.
struct ToldAlerts final : budget::AlertSink {
  void tell(store::Tables&, const budget::Alert& alert) override {
    std::lock_guard lock(mutex);
    alerts.push_back(alert);
  }
  void told() override {}
  std::vector<budget::Alert> all() {
    std::lock_guard lock(mutex);
    return alerts;
  }
  std::mutex mutex;
  std::vector<budget::Alert> alerts;
};

inline model::Budget dollars(std::string id, int64_t cap,
                             model::BudgetAction action = model::BudgetAction::Block) {
  model::Budget budget;
  budget.id = std::move(id);
  budget.name = budget.id;
  budget.cap = cap;
  budget.action = action;
  budget.thresholds = {80, 100};
  return budget;
}

// A ledger over a real store, with a way to wait for it.
struct LedgerFixture : StoreFixture {
  explicit LedgerFixture(std::vector<model::Budget> with = {}) { start(std::move(with)); }

  void start(std::vector<model::Budget> with, budget::Ledger::Options options = {}) {
    budgets = std::move(with);
    index = std::make_shared<const config::BudgetIndex>(budgets);
    ledger.emplace(*store, clock, log, &sink, options);
    ledger->configure(index);
  }
  // Other budgets from now on; claims stay those of the budgets that it was started with, as those
  // of a request with an older snapshot.
  void configure(const std::vector<model::Budget>& next) {
    ledger->configure(std::make_shared<const config::BudgetIndex>(next));
  }
  void stop() { ledger.reset(); }

  std::vector<config::BudgetMatch> claims(std::string_view value = {}) const {
    std::vector<config::BudgetMatch> all;
    for (const model::Budget& budget : index->all()) all.push_back({&budget, value});
    return all;
  }

  // Asks until the answer is more than "pending".
  budget::Grant reserve(const std::vector<config::BudgetMatch>& claims, int64_t amount,
                        budget::Downgrades downgrades = budget::Downgrades::Bind) {
    while (true) {
      std::mutex mutex;
      std::condition_variable woken;
      bool resumed = false;
      budget::Grant grant = ledger->reserve(claims, {.usd = amount, .tokens = amount}, downgrades,
                                            clock.now(), [&](const Status&) {
                                              std::lock_guard lock(mutex);
                                              resumed = true;
                                              woken.notify_one();
                                            });
      if (grant.verdict != budget::Verdict::Pending) return grant;
      std::unique_lock lock(mutex);
      woken.wait(lock, [&] { return resumed; });
    }
  }
  budget::Grant reserve(int64_t amount) { return reserve(claims(), amount); }

  std::optional<store::LedgerBucket> row(const std::string& id, std::string_view value = {}) {
    return store->read([&](store::Tables& t) -> std::optional<store::LedgerBucket> {
      auto rows = t.ledger_buckets.history(id, value, 1);
      if (rows.empty()) return std::nullopt;
      return rows.front();
    });
  }

  Logger log{{.level = LogLevel::Error}, clock};
  ToldAlerts sink;
  std::vector<model::Budget> budgets;
  std::shared_ptr<const config::BudgetIndex> index;
  std::optional<budget::Ledger> ledger;
};

}  // namespace penstock::test
