#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/member.h"
#include "storage/statement.h"
#include "store/page.h"

namespace penstock::store {

// The only code that knows the table member. One instance a connection.
class MemberTable {
 public:
  explicit MemberTable(storage::Database& db) : db_(db) {}

  Status insert(const model::Member& member);  // Conflict: member_exists
  std::optional<model::Member> find(std::string_view id);  // removed ones too
  std::optional<model::Member> findByEmail(std::string_view organization_id,
                                           std::string_view email);
  Page<model::Member> list(const PageRequest& page);  // present ones
  std::vector<model::Member> all();                   // present ones
  // Writes name, role and project_ids. False when there is no such present member.
  bool update(const model::Member& member);
  bool remove(std::string_view id, UnixMillis now);
  int64_t countOwners();

 private:
  static constexpr std::string_view kSelect =
      "SELECT id, organization_id, email, name, role, project_ids, created_at, removed_at "
      "FROM member ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO member (id, organization_id, email, name, role, project_ids, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement by_email_{db_, kSelect,
                               "WHERE organization_id = ? AND email = ? AND removed_at IS NULL"};
  storage::Statement list_{db_, kSelect,
                           "WHERE removed_at IS NULL AND id > ? ORDER BY id LIMIT ?"};
  storage::Statement update_{db_,
                             "UPDATE member SET name = ?, role = ?, project_ids = ? "
                             "WHERE id = ? AND removed_at IS NULL"};
  storage::Statement remove_{
      db_, "UPDATE member SET removed_at = ? WHERE id = ? AND removed_at IS NULL"};
  storage::Statement count_owners_{
      db_, "SELECT count(*) FROM member WHERE role = 'owner' AND removed_at IS NULL"};
};

}  // namespace penstock::store
