#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/relayed_object.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// Which objects of a project a list is of.
struct ObjectFilter {
  std::string_view project_id;
  model::ObjectSurface surface = model::ObjectSurface::OpenAi;
  model::ObjectKind kind = model::ObjectKind::File;
  std::string_view purpose = {};  // empty: any
};

// The only code that knows the table relayed_object. One instance a connection. An empty provider
// is none: what is kept here.
class RelayedObjectTable {
 public:
  explicit RelayedObjectTable(storage::Database& db) : db_(db) {}

  // False when the provider has an object of that id already: whose it is does not change.
  bool insert(const model::RelayedObject& object);
  // The project's own of that id; the newest should several providers have given it.
  std::optional<model::RelayedObject> find(const ObjectFilter& filter, std::string_view id);
  // A file of the project by whichever API it was uploaded; the newest.
  std::optional<model::RelayedObject> findFile(std::string_view project_id, std::string_view id);
  std::optional<model::RelayedObject> findAt(std::string_view provider_id, std::string_view id);
  // What the provider shows of it now.
  void update(std::string_view provider_id, std::string_view id, std::string_view status,
              std::string_view object);
  void remove(std::string_view provider_id, std::string_view id);
  // Of those that are kept here, what was made before then, from above `seq` on, oldest first.
  std::vector<model::RelayedObject> hereBefore(UnixMillis created_before, int64_t seq,
                                               size_t limit);
  // True the first time: its cost is charged once.
  bool settle(std::string_view provider_id, std::string_view id, UnixMillis now);

  // Those that the provider has shown, from next to `from` on (0: the first), by `seq`.
  enum class Order : uint8_t { NewestFirst, OldestFirst };
  Page<model::RelayedObject> list(const ObjectFilter& filter, Order order, int64_t from,
                                  size_t limit);
  // Batches whose cost is not charged yet, from above `seq` on, oldest first.
  std::vector<model::RelayedObject> unsettled(int64_t seq, size_t limit);

 private:
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO relayed_object (provider_id, id, kind, surface, project_id, api_key_id, "
      "batch_id, purpose, status, object, plan, created_at, settled_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"};
  storage::Statement find_{
      db_, kColumns,
      "WHERE id = ? AND project_id = ? AND surface = ? AND kind = ? ORDER BY seq DESC LIMIT 1"};
  storage::Statement find_file_{
      db_, kColumns, "WHERE id = ? AND project_id = ? AND kind = 'file' ORDER BY seq DESC LIMIT 1"};
  storage::Statement find_at_{db_, kColumns, "WHERE provider_id IS ? AND id = ?"};
  storage::Statement update_{db_,
                             "UPDATE relayed_object SET status = ?3, object = ?4 "
                             "WHERE provider_id IS ?1 AND id = ?2"};
  storage::Statement remove_{db_, "DELETE FROM relayed_object WHERE provider_id IS ? AND id = ?"};
  storage::Statement settle_{
      db_,
      "UPDATE relayed_object SET settled_at = ?3 "
      "WHERE provider_id = ?1 AND id = ?2 AND kind = 'batch' AND settled_at IS NULL"};
  storage::Statement newest_{
      db_, kColumns,
      "WHERE project_id = ?1 AND surface = ?2 AND kind = ?3 AND (?4 = '' OR purpose = ?4) "
      "AND object <> '' AND (?5 = 0 OR seq < ?5) ORDER BY seq DESC LIMIT ?6"};
  storage::Statement oldest_{
      db_, kColumns,
      "WHERE project_id = ?1 AND surface = ?2 AND kind = ?3 AND (?4 = '' OR purpose = ?4) "
      "AND object <> '' AND seq > ?5 ORDER BY seq LIMIT ?6"};
  storage::Statement unsettled_{
      db_, kColumns,
      "WHERE kind = 'batch' AND settled_at IS NULL AND seq > ? ORDER BY seq LIMIT ?"};
  storage::Statement here_before_{
      db_, kColumns,
      "WHERE provider_id IS NULL AND created_at < ? AND seq > ? ORDER BY seq LIMIT ?"};

  static constexpr std::string_view kColumns =
      "SELECT seq, provider_id, id, kind, surface, project_id, api_key_id, batch_id, purpose, "
      "status, object, plan, created_at, settled_at FROM relayed_object ";
};

}  // namespace penstock::store
