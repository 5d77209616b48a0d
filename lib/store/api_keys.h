#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/key.h"
#include "storage/statement.h"
#include "store/mint.h"
#include "store/page.h"

namespace penstock::store {

enum class KeyStatus : uint8_t { Active, Expired, Revoked };

// Which keys a list shows.
struct ApiKeyFilter {
  std::span<const std::string> project_ids = {};  // empty: of all projects
  std::optional<KeyStatus> status = {};           // as of `now`; absent: of every status
  UnixMillis now = 0;
};

// Hashes of secrets that may mean another key, or none, since these were last taken.
struct TouchedSecrets {
  std::vector<Sha256> hashes;  // of before and after each change; some may be there twice
  bool many = false;           // too many to list: any secret
};

// The only code that knows the table api_key. One instance a connection. Plaintexts are made by
// mintKey() and never get here.
class ApiKeyTable {
 public:
  explicit ApiKeyTable(storage::Database& db) : db_(db) {}

  void insert(const model::ApiKey& key);  // every field: imports bring their own hash
  std::optional<model::ApiKey> find(std::string_view id);  // revoked ones too
  // One project's keys are found by their index; of several, keys are read in order of their ids
  // and passed over when they do not fit.
  Page<model::ApiKey> list(const ApiKeyFilter& filter, const PageRequest& page);
  // What the proxy may accept: not revoked, of living projects. Expiry is checked per request.
  std::vector<model::ApiKey> usable();
  // Writes name, description, rate_limit_rpm, what it allows, ip_allowlist and expires_at. False
  // when there is no such key.
  bool update(const model::ApiKey& key);
  // Gives the key another secret. The old one works until `overlap_until`, and without that is gone
  // at once; so is, in either case, the one before it. False when absent or revoked.
  bool rotate(std::string_view id, const MintedKey& minted,
              std::optional<UnixMillis> overlap_until = {});
  // False when absent or already revoked.
  bool revoke(std::string_view id, UnixMillis now);
  int64_t revokeOfProject(std::string_view project_id, UnixMillis now);
  std::vector<model::ApiKey> unrevokedOf(std::string_view project_id);

  // What the changes above touched, changes undone since included. The index of keys is kept by
  // these (config/build.h), so that a change of one key does not read all of them.
  TouchedSecrets takeTouched() { return std::exchange(touched_, {}); }
  // Whether any key, a revoked one too, has this secret or had it before its last rotation.
  bool isKnown(const Sha256& hash) { return known_.integer(0, storage::blob(hash)) != 0; }
  // The usable key that has this secret now, or else had it before its last rotation.
  std::optional<model::ApiKey> usableBySecret(const Sha256& hash);

 private:
  void touch(const Sha256& hash);
  void touchSecretsOf(std::string_view id);

  static constexpr std::string_view kSelect =
      "SELECT id, project_id, name, description, hash, prefix, last_four, rate_limit_rpm, "
      "allowed_models, ip_allowlist, expires_at, revoked_at, created_at, previous_hash, "
      "previous_expires_at, allow_provider_keys FROM api_key ";
  storage::Database& db_;
  storage::Statement insert_{
      db_,
      "INSERT INTO api_key (id, project_id, name, description, hash, prefix, last_four, "
      "rate_limit_rpm, allowed_models, ip_allowlist, expires_at, revoked_at, created_at, "
      "previous_hash, previous_expires_at, allow_provider_keys) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  // The status is numbered as KeyStatus is. '+' keeps SQLite in the order of ids.
  storage::Statement list_{
      db_, kSelect,
      "WHERE id > ?1 AND (?2 = '[]' OR +project_id IN (SELECT value FROM json_each(?2))) "
      "AND (?3 IS NULL OR ?3 = CASE WHEN revoked_at IS NOT NULL THEN 2 WHEN expires_at <= ?4 "
      "THEN 1 ELSE 0 END) ORDER BY id LIMIT ?5"};
  storage::Statement list_of_project_{
      db_, kSelect,
      "WHERE id > ?1 AND project_id = ?2 "
      "AND (?3 IS NULL OR ?3 = CASE WHEN revoked_at IS NOT NULL THEN 2 WHEN expires_at <= ?4 "
      "THEN 1 ELSE 0 END) ORDER BY id LIMIT ?5"};
  storage::Statement usable_{db_, kSelect,
                             "WHERE revoked_at IS NULL AND project_id IN "
                             "(SELECT id FROM project WHERE deleted_at IS NULL)"};
  storage::Statement unrevoked_of_{db_, kSelect,
                                   "WHERE project_id = ? AND revoked_at IS NULL ORDER BY id"};
  storage::Statement usable_by_secret_{
      db_, kSelect,
      "WHERE (hash = ?1 OR previous_hash = ?1) AND revoked_at IS NULL AND project_id IN "
      "(SELECT id FROM project WHERE deleted_at IS NULL) ORDER BY hash = ?1 DESC LIMIT 1"};
  storage::Statement known_{db_,
                            "SELECT 1 FROM api_key WHERE hash = ?1 OR previous_hash = ?1 LIMIT 1"};
  storage::Statement secrets_{db_, "SELECT hash, previous_hash FROM api_key WHERE id = ?"};
  storage::Statement update_{
      db_,
      "UPDATE api_key SET name = ?, description = ?, rate_limit_rpm = ?, allowed_models = ?, "
      "ip_allowlist = ?, expires_at = ?, allow_provider_keys = ? WHERE id = ?"};
  storage::Statement rotate_{
      db_,
      "UPDATE api_key SET previous_hash = CASE WHEN ?1 IS NULL THEN NULL ELSE hash END, "
      "previous_expires_at = ?1, hash = ?2, prefix = ?3, last_four = ?4 "
      "WHERE id = ?5 AND revoked_at IS NULL"};
  storage::Statement revoke_{
      db_, "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"};
  storage::Statement revoke_of_project_{
      db_, "UPDATE api_key SET revoked_at = ? WHERE project_id = ? AND revoked_at IS NULL"};
  TouchedSecrets touched_;
};

}  // namespace penstock::store
