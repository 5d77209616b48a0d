#include "store/api_keys.h"

#include "store/rows.h"

namespace penstock::store {
namespace {

model::ApiKey read(const storage::Rows& row) {
  model::ApiKey key;
  key.id = row.string(0);
  key.project_id = row.string(1);
  key.name = row.string(2);
  key.description = row.string(3);
  key.hash = digestAt(row, 4);
  key.prefix = row.string(5);
  key.last_four = row.string(6);
  key.rate_limit_rpm = row.optionalInteger(7);
  key.expires_at = row.optionalInteger(8);
  key.revoked_at = row.optionalInteger(9);
  key.created_at = row.integer(10);
  return key;
}

}  // namespace

void ApiKeyTable::insert(const model::ApiKey& key) {
  insert_.run(key.id, key.project_id, key.name, key.description, storage::blob(key.hash),
              key.prefix, key.last_four, key.rate_limit_rpm, key.expires_at, key.revoked_at,
              key.created_at);
}

std::optional<model::ApiKey> ApiKeyTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

Page<model::ApiKey> ApiKeyTable::list(std::string_view project_id, const PageRequest& page) {
  if (project_id.empty()) {
    return toPage(readAll(list_.query(page.after, rowsToAsk(page)), read), page);
  }
  return toPage(readAll(list_of_project_.query(project_id, page.after, rowsToAsk(page)), read),
                page);
}

std::vector<model::ApiKey> ApiKeyTable::usable() { return readAll(usable_.query(), read); }

bool ApiKeyTable::update(const model::ApiKey& key) {
  return update_.run(key.name, key.description, key.rate_limit_rpm, key.expires_at, key.id) > 0;
}

bool ApiKeyTable::rotate(std::string_view id, const MintedKey& minted) {
  return rotate_.run(storage::blob(minted.hash), minted.prefix, minted.last_four, id) > 0;
}

bool ApiKeyTable::revoke(std::string_view id, UnixMillis now) { return revoke_.run(now, id) > 0; }

int64_t ApiKeyTable::revokeOfProject(std::string_view project_id, UnixMillis now) {
  return revoke_of_project_.run(now, project_id);
}

}  // namespace penstock::store
