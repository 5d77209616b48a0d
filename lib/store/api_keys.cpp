#include "store/api_keys.h"

#include "store/rows.h"
#include "store/texts.h"

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
  key.allowed_models = textsFromJson(row.text(8));
  key.ip_allowlist = textsFromJson(row.text(9));
  key.expires_at = row.optionalInteger(10);
  key.revoked_at = row.optionalInteger(11);
  key.created_at = row.integer(12);
  key.previous_hash = optionalDigestAt(row, 13);
  key.previous_expires_at = row.optionalInteger(14);
  key.allow_provider_keys = row.flag(15);
  return key;
}

// A change of more keys than this is better off with reading all of them again.
constexpr size_t kMaxTouched = 256;

}  // namespace

void ApiKeyTable::touch(const Sha256& hash) {
  if (touched_.hashes.size() < kMaxTouched) {
    touched_.hashes.push_back(hash);
  } else {
    touched_.many = true;
  }
}

void ApiKeyTable::touchSecretsOf(std::string_view id) {
  storage::Rows row = secrets_.query(id);
  if (!row.next()) return;
  touch(digestAt(row, 0));
  if (const auto previous = optionalDigestAt(row, 1)) touch(*previous);
}

void ApiKeyTable::insert(const model::ApiKey& key) {
  touch(key.hash);
  if (key.previous_hash) touch(*key.previous_hash);
  insert_.run(key.id, key.project_id, key.name, key.description, storage::blob(key.hash),
              key.prefix, key.last_four, key.rate_limit_rpm, textsToJson(key.allowed_models),
              textsToJson(key.ip_allowlist), key.expires_at, key.revoked_at, key.created_at,
              optionalBlob(key.previous_hash), key.previous_expires_at, key.allow_provider_keys);
}

std::optional<model::ApiKey> ApiKeyTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

Page<model::ApiKey> ApiKeyTable::list(const ApiKeyFilter& filter, const PageRequest& page) {
  std::optional<int64_t> status;
  if (filter.status) status = static_cast<int64_t>(*filter.status);
  if (filter.project_ids.size() == 1) {
    return toPage(readAll(list_of_project_.query(page.after, filter.project_ids[0], status,
                                                 filter.now, rowsToAsk(page)),
                          read),
                  page);
  }
  return toPage(readAll(list_.query(page.after, textsToJson(filter.project_ids), status, filter.now,
                                    rowsToAsk(page)),
                        read),
                page);
}

std::vector<model::ApiKey> ApiKeyTable::usable() { return readAll(usable_.query(), read); }

std::optional<model::ApiKey> ApiKeyTable::usableBySecret(const Sha256& hash) {
  return readOne(usable_by_secret_.query(storage::blob(hash)), read);
}

bool ApiKeyTable::update(const model::ApiKey& key) {
  touchSecretsOf(key.id);
  return update_.run(key.name, key.description, key.rate_limit_rpm, textsToJson(key.allowed_models),
                     textsToJson(key.ip_allowlist), key.expires_at, key.allow_provider_keys,
                     key.id) > 0;
}

bool ApiKeyTable::rotate(std::string_view id, const MintedKey& minted,
                         std::optional<UnixMillis> overlap_until) {
  touchSecretsOf(id);
  touch(minted.hash);
  return rotate_.run(overlap_until, storage::blob(minted.hash), minted.prefix, minted.last_four,
                     id) > 0;
}

bool ApiKeyTable::revoke(std::string_view id, UnixMillis now) {
  touchSecretsOf(id);
  return revoke_.run(now, id) > 0;
}

int64_t ApiKeyTable::revokeOfProject(std::string_view project_id, UnixMillis now) {
  touched_.many = true;
  return revoke_of_project_.run(now, project_id);
}

std::vector<model::ApiKey> ApiKeyTable::unrevokedOf(std::string_view project_id) {
  return readAll(unrevoked_of_.query(project_id), read);
}

}  // namespace penstock::store
