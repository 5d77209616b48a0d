#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/request_log.h"
#include "storage/statement.h"
#include "store/log_dictionary.h"
#include "store/rollup_pending.h"
#include "store/rollup_table.h"

// Internal to store/.
namespace penstock::store {

// Keeps the roll-ups, on the writing connection. An append notes durably which rows it brought and
// sums them in memory; every few thousand rows, and before a report is read, merge() puts the sums
// into the packs, in one transaction with the removal of the notes. After a crash, or a failure
// here, the notes say which rows to sum again. Not thread-safe; throws SqlError.
class RollupWriter {
 public:
  RollupWriter(storage::Database& db, LogDictionary& dictionary)
      : db_(db), dictionary_(dictionary) {}

  // Of an append, in its transaction.
  void note(std::span<const int64_t> ids);
  // Of the same append once it is committed, so that nothing undone is ever counted.
  void add(std::span<const int64_t> ids, std::span<const model::RequestLog> rows);
  bool isDue() const { return pending_.rows() >= kMergeRows; }

  // The rest make transactions of their own.
  void merge();
  // A piece of the work on rows from before there were roll-ups; false when there is none left.
  bool mergeBacklog();
  // Adds a few hours that are over to their days; false when there were none.
  bool fold(UnixMillis now);
  // Deletes some of what is too old; true when there may be more. All is merged before.
  bool expire(UnixMillis now);
  // Deletes some of the oldest hours, or days when no hours are left; false when there is nothing.
  bool expireOldest();

 private:
  static constexpr size_t kMergeRows = 16'384;
  struct Backlog {
    int64_t next = 0;  // ids of request_log
    int64_t end = 0;
    bool has(int64_t id) const { return id >= next && id < end; }
  };

  void recover();
  void reset();
  void mergePending();
  void mergeHour(RollupPlace place, std::vector<RollupEntry> additions);
  void addToDay(RollupPlace place, std::vector<RollupEntry> additions);

  storage::Database& db_;
  LogDictionary& dictionary_;
  PendingRollups pending_;
  bool recovered_ = false;

  AdmittedTexts texts_{db_, pending_.texts()};
  RollupTable rollups_{db_};
  Backlog backlog_;

  storage::Statement note_{db_, "INSERT INTO rollup_pending (ids) VALUES (?)"};
  storage::Statement forget_notes_{db_, "DELETE FROM rollup_pending"};
};

}  // namespace penstock::store
