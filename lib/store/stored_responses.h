#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/stored_response.h"
#include "storage/statement.h"

namespace penstock::store {

// The only code that knows the tables stored_response and stored_response_item. One instance a
// connection.
class StoredResponseTable {
 public:
  explicit StoredResponseTable(storage::Database& db) : db_(db) {}

  // In place of the project's own of that id, should there be one. `items` are the ids of what it
  // holds; one that another response has already stays that one's.
  void put(const model::StoredResponse& response, std::span<const std::string> items);
  std::optional<model::StoredResponse> find(std::string_view project_id, std::string_view id);
  // The response that holds the item of that id.
  std::optional<model::StoredResponse> findByItem(std::string_view project_id,
                                                  std::string_view item_id);
  // False: the project has none of that id.
  bool remove(std::string_view project_id, std::string_view id);

  // What may go, at most `limit` rows at a time; how many went.
  int64_t removeUntil(UnixMillis created_at, size_t limit);  // the oldest, that moment included
  int64_t removeOldest(size_t limit);
  int64_t removeOfDeletedProjects(size_t limit);
  // Of all that is kept. Reads an index as long as the table.
  int64_t bytes();

 private:
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO stored_response (project_id, id, api_key_id, provider_id, model, previous_id, "
      "held, account, input, object, bytes, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement insert_item_{
      db_,
      "INSERT INTO stored_response_item (project_id, id, response_seq) "
      "SELECT project_id, ?3, seq FROM stored_response WHERE project_id = ?1 AND id = ?2 "
      "ON CONFLICT (project_id, id) DO NOTHING"};
  storage::Statement find_{db_, kColumns, "WHERE project_id = ? AND id = ?"};
  storage::Statement find_by_item_{db_, kColumns,
                                   "WHERE seq = (SELECT response_seq FROM stored_response_item "
                                   "WHERE project_id = ? AND id = ?)"};
  storage::Statement remove_{db_, "DELETE FROM stored_response WHERE project_id = ? AND id = ?"};
  storage::Statement remove_until_{
      db_, kRemove, "SELECT seq FROM stored_response WHERE created_at <= ? LIMIT ?)"};
  storage::Statement remove_oldest_{db_, kRemove,
                                    "SELECT seq FROM stored_response ORDER BY created_at LIMIT ?)"};
  storage::Statement remove_of_deleted_{
      db_, kRemove,
      "SELECT r.seq FROM project p JOIN stored_response r ON r.project_id = p.id "
      "WHERE p.deleted_at IS NOT NULL LIMIT ?)"};
  storage::Statement bytes_{db_, "SELECT sum(bytes) FROM stored_response"};

  static constexpr std::string_view kColumns =
      "SELECT project_id, id, api_key_id, provider_id, model, previous_id, held, account, input, "
      "object, created_at FROM stored_response ";
  static constexpr std::string_view kRemove = "DELETE FROM stored_response WHERE seq IN (";
};

}  // namespace penstock::store
