#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/local_batch.h"
#include "storage/statement.h"

namespace penstock::store {

// The only code that knows the table local_batch. One instance a connection.
class LocalBatchTable {
 public:
  explicit LocalBatchTable(storage::Database& db) : db_(db) {}

  void insert(const model::LocalBatch& batch);
  std::optional<model::LocalBatch> find(std::string_view id);
  // Writes what changes while it is executed.
  void update(const model::LocalBatch& batch);
  void remove(std::string_view id);
  // Those that have not ended, oldest first.
  std::vector<model::LocalBatch> open();
  // Whether a batch has an output of that name.
  bool hasOutput(std::string_view name);

 private:
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO local_batch (id, surface, project_id, api_key_id, endpoint, input_file_id, "
      "window_text, metadata, headers, peer, status, outcome, output_name, error_name, errors, "
      "total, succeeded, errored, canceled, expired, created_at, expires_at, in_progress_at, "
      "finalizing_at, cancelling_at, ended_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kColumns, "WHERE id = ?"};
  storage::Statement update_{
      db_,
      "UPDATE local_batch SET status = ?2, outcome = ?3, errors = ?4, total = ?5, succeeded = ?6, "
      "errored = ?7, canceled = ?8, expired = ?9, in_progress_at = ?10, finalizing_at = ?11, "
      "cancelling_at = ?12, ended_at = ?13 WHERE id = ?1"};
  storage::Statement remove_{db_, "DELETE FROM local_batch WHERE id = ?"};
  storage::Statement open_{db_, kColumns, "WHERE ended_at IS NULL ORDER BY created_at, id"};
  storage::Statement output_{
      db_, "SELECT count(*) FROM local_batch WHERE output_name = ?1 OR error_name = ?1"};

  static constexpr std::string_view kColumns =
      "SELECT id, surface, project_id, api_key_id, endpoint, input_file_id, window_text, metadata, "
      "headers, peer, status, outcome, output_name, error_name, errors, total, succeeded, errored, "
      "canceled, expired, created_at, expires_at, in_progress_at, finalizing_at, cancelling_at, "
      "ended_at FROM local_batch ";
};

}  // namespace penstock::store
