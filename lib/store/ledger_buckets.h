#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "storage/statement.h"

namespace penstock::store {

// What a budget or balance (the account) has counted for one distinct value in one period, in the
// account's unit.
struct LedgerBucket {
  std::string account_id;
  std::string value;  // empty where the account has one bucket
  UnixMillis period_start = 0;
  UnixMillis period_end = 0;
  int64_t settled = 0;
  // Never less than what is settled and reserved in memory: after a crash this is what counts.
  int64_t leased = 0;
  int64_t requests = 0;     // settled ones
  int64_t alerted_pct = 0;  // the highest threshold that was told of
  bool refusal_told = false;
  UnixMillis updated_at = 0;
  bool operator==(const LedgerBucket&) const = default;
};

// A place in the order of the busiest.
struct BusyPlace {
  int64_t settled = 0;
  std::string value;
};

// All buckets of an account in one period together.
struct LedgerTotals {
  int64_t buckets = 0;
  int64_t settled = 0;
  int64_t leased = 0;
  int64_t requests = 0;
};

// The only code that knows the table ledger_bucket. One instance a connection. Written by the
// ledger only, at its start and by its keeper. Its column alerted_pct holds two marks: the highest
// threshold that was told of, and 10,000 more once a refusal was. (Thresholds end at 1,000.)
class LedgerBucketTable {
 public:
  explicit LedgerBucketTable(storage::Database& db) : db_(db) {}

  std::optional<LedgerBucket> find(std::string_view account_id, std::string_view value,
                                   UnixMillis period_start);
  // Leaves alerted_pct and refusal_told as they are, unless the period that is stored ended at
  // another time.
  void put(const LedgerBucket& bucket);
  // Notes that the threshold was told of; false when it was before, or there is no such bucket.
  bool noteAlerted(std::string_view account_id, std::string_view value, UnixMillis period_start,
                   int64_t pct) {
    return note_.run(pct, account_id, value, period_start) > 0;
  }
  // The same of a refusal, which silences no threshold.
  bool noteRefusalTold(std::string_view account_id, std::string_view value,
                       UnixMillis period_start) {
    return note_refusal_.run(account_id, value, period_start) > 0;
  }
  // The buckets of an account whose period holds `time`, by value: those after `after`, which may
  // be absent.
  std::vector<LedgerBucket> at(std::string_view account_id, UnixMillis time,
                               const std::optional<std::string>& after, size_t limit);
  // Those of one value, newest period first.
  std::vector<LedgerBucket> history(std::string_view account_id, std::string_view value,
                                    size_t limit);
  // Those of a period by what is settled, most first: those after `after`, which may be absent.
  std::vector<LedgerBucket> busiest(std::string_view account_id, UnixMillis period_start,
                                    const std::optional<BusyPlace>& after, size_t limit);
  LedgerTotals totals(std::string_view account_id, UnixMillis period_start);
  // What a crash left: leases count as spent from here on. Returns the buckets as they were.
  std::vector<LedgerBucket> recover();
  // Deletes at most `limit` buckets whose period ended before; returns how many.
  int64_t purge(UnixMillis ended_before, int64_t limit) { return purge_.run(ended_before, limit); }

 private:
  static constexpr std::string_view kSelect =
      "SELECT account_id, value, period_start, period_end, settled, leased, requests, alerted_pct, "
      "updated_at FROM ledger_bucket ";
  storage::Database& db_;
  storage::Statement find_{db_, kSelect, "WHERE account_id = ? AND value = ? AND period_start = ?"};
  storage::Statement put_{
      db_,
      "INSERT INTO ledger_bucket (account_id, value, period_start, period_end, settled, leased, "
      "requests, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account_id, value, period_start) DO UPDATE SET "
      "alerted_pct = iif(period_end = excluded.period_end, alerted_pct, 0), "
      "period_end = excluded.period_end, settled = excluded.settled, leased = excluded.leased, "
      "requests = excluded.requests, updated_at = excluded.updated_at"};
  storage::Statement at_{
      db_, kSelect,
      "WHERE account_id = ?1 AND (?3 IS NULL OR value > ?3) AND period_start <= ?2 "
      "AND period_end > ?2 ORDER BY value LIMIT ?4"};
  storage::Statement note_{db_,
                           "UPDATE ledger_bucket SET alerted_pct = alerted_pct - alerted_pct % "
                           "10000 + ?1 WHERE account_id = ?2 AND value = ?3 AND period_start = ?4 "
                           "AND alerted_pct % 10000 < ?1"};
  storage::Statement note_refusal_{
      db_,
      "UPDATE ledger_bucket SET alerted_pct = alerted_pct + 10000 WHERE account_id = ? "
      "AND value = ? AND period_start = ? AND alerted_pct < 10000"};
  storage::Statement history_{
      db_, kSelect, "WHERE account_id = ? AND value = ? ORDER BY period_start DESC LIMIT ?"};
  storage::Statement busiest_{
      db_, kSelect,
      "WHERE account_id = ?1 AND period_start = ?2 AND (settled < ?3 "
      "OR (settled = ?3 AND value > ?4)) ORDER BY settled DESC, value LIMIT ?5"};
  storage::Statement totals_{
      db_,
      "SELECT count(*), ifnull(sum(settled), 0), ifnull(sum(leased), 0), ifnull(sum(requests), 0) "
      "FROM ledger_bucket WHERE account_id = ? AND period_start = ?"};
  storage::Statement unsettled_{db_, kSelect, "WHERE leased > settled"};
  storage::Statement recover_{db_,
                              "UPDATE ledger_bucket SET settled = leased WHERE leased > settled"};
  storage::Statement purge_{
      db_,
      "DELETE FROM ledger_bucket WHERE (account_id, value, period_start) IN (SELECT account_id, "
      "value, period_start FROM ledger_bucket WHERE period_end < ? ORDER BY period_end LIMIT ?)"};
};

}  // namespace penstock::store
