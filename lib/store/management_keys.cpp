#include "store/management_keys.h"

#include <algorithm>

#include "store/rows.h"
#include "store/texts.h"

namespace penstock::store {
namespace {

model::ManagementKey read(const storage::Rows& row) {
  model::ManagementKey key;
  key.id = row.string(0);
  key.organization_id = row.string(1);
  key.name = row.string(2);
  key.role = roleAt(row, 3);
  key.hash = digestAt(row, 4);
  key.prefix = row.string(5);
  key.last_four = row.string(6);
  key.expires_at = row.optionalInteger(7);
  key.revoked_at = row.optionalInteger(8);
  key.created_at = row.integer(9);
  key.description = row.string(10);
  key.project_ids = textsFromJson(row.text(11));
  key.member_id = row.optionalString(12);
  key.rate_limit_rpm = row.optionalInteger(13);
  key.ip_allowlist = textsFromJson(row.text(14));
  key.previous_hash = optionalDigestAt(row, 15);
  key.previous_expires_at = row.optionalInteger(16);
  return key;
}

// Both lists name what is allowed, empty meaning all. False when nothing is left.
bool confine(std::vector<std::string>& projects, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return true;
  if (projects.empty()) {
    projects = allowed;
    return true;
  }
  std::erase_if(projects, [&](const std::string& id) {
    return std::find(allowed.begin(), allowed.end(), id) == allowed.end();
  });
  return !projects.empty();
}

}  // namespace

void ManagementKeyTable::insert(const model::ManagementKey& key) {
  insert_.run(key.id, key.organization_id, key.name, model::roleName(key.role),
              storage::blob(key.hash), key.prefix, key.last_four, key.expires_at, key.revoked_at,
              key.created_at, key.description, textsToJson(key.project_ids), key.member_id,
              key.rate_limit_rpm, textsToJson(key.ip_allowlist));
}

std::optional<model::ManagementKey> ManagementKeyTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

Page<model::ManagementKey> ManagementKeyTable::list(const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, rowsToAsk(page)), read), page);
}

std::vector<model::ManagementKey> ManagementKeyTable::unrevoked() {
  return readAll(unrevoked_.query(), read);
}

std::vector<model::ManagementKey> ManagementKeyTable::ofMember(std::string_view member_id) {
  return readAll(of_member_.query(member_id), read);
}

std::vector<model::ManagementKey> ManagementKeyTable::usable() {
  std::vector<model::ManagementKey> keys;
  storage::Rows rows = usable_.query();
  while (rows.next()) {
    model::ManagementKey key = read(rows);
    if (!rows.isNull(17)) {
      key.role = std::max(key.role, roleAt(rows, 17));
      if (!confine(key.project_ids, textsFromJson(rows.text(18)))) continue;
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

bool ManagementKeyTable::update(const model::ManagementKey& key) {
  return update_.run(key.name, model::roleName(key.role), key.expires_at, key.description,
                     textsToJson(key.project_ids), key.rate_limit_rpm,
                     textsToJson(key.ip_allowlist), key.id) > 0;
}

bool ManagementKeyTable::rotate(std::string_view id, const MintedKey& minted,
                                std::optional<UnixMillis> overlap_until) {
  return rotate_.run(overlap_until, storage::blob(minted.hash), minted.prefix, minted.last_four,
                     id) > 0;
}

bool ManagementKeyTable::revoke(std::string_view id, UnixMillis now) {
  return revoke_.run(now, id) > 0;
}

int64_t ManagementKeyTable::countLastingOwners() { return count_lasting_owners_.integer(0); }

}  // namespace penstock::store
