#include "store/management_keys.h"

#include <stdexcept>

#include "store/rows.h"

namespace penstock::store {
namespace {

model::ManagementKey read(const storage::Rows& row) {
  model::ManagementKey key;
  key.id = row.string(0);
  key.organization_id = row.string(1);
  key.name = row.string(2);
  const auto role = model::parseRole(row.text(3));
  if (!role) throw std::runtime_error("a stored role is unknown");
  key.role = *role;
  key.hash = digestAt(row, 4);
  key.prefix = row.string(5);
  key.last_four = row.string(6);
  key.expires_at = row.optionalInteger(7);
  key.revoked_at = row.optionalInteger(8);
  key.created_at = row.integer(9);
  return key;
}

}  // namespace

void ManagementKeyTable::insert(const model::ManagementKey& key) {
  insert_.run(key.id, key.organization_id, key.name, model::roleName(key.role),
              storage::blob(key.hash), key.prefix, key.last_four, key.expires_at, key.revoked_at,
              key.created_at);
}

std::optional<model::ManagementKey> ManagementKeyTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

Page<model::ManagementKey> ManagementKeyTable::list(const PageRequest& page) {
  return toPage(readAll(list_.query(page.after, rowsToAsk(page)), read), page);
}

std::vector<model::ManagementKey> ManagementKeyTable::usable() {
  return readAll(usable_.query(), read);
}

bool ManagementKeyTable::rotate(std::string_view id, const MintedKey& minted) {
  return rotate_.run(storage::blob(minted.hash), minted.prefix, minted.last_four, id) > 0;
}

bool ManagementKeyTable::revoke(std::string_view id, UnixMillis now) {
  return revoke_.run(now, id) > 0;
}

int64_t ManagementKeyTable::countOwners(UnixMillis now) { return count_owners_.integer(0, now); }

}  // namespace penstock::store
