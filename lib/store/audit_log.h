#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "json/writer.h"
#include "model/audit.h"
#include "storage/secret_box.h"
#include "storage/statement.h"
#include "store/meta.h"

namespace penstock::store {

// Absent and empty fields do not restrict.
struct AuditFilter {
  std::optional<UnixMillis> start = {};  // inclusive
  std::optional<UnixMillis> end = {};    // exclusive
  std::string actor = {};                // its id, or a member's address
  std::string action = {};
  std::string resource_type = {};
  std::string resource_id = {};
  std::string project_id = {};
  int64_t before = 0;  // cursor: the `next` of the page before; 0 for the newest
  size_t limit = 50;
};

struct AuditPage {
  std::vector<model::AuditEntry> entries;  // newest first
  int64_t next = 0;                        // `before` of the next page; 0 at the end
};

// What a walk along the chain found.
struct AuditVerdict {
  bool ok = true;
  int64_t entries = 0;
  int64_t head_seq = 0;
  Sha256 head_hash{};
  int64_t first_bad_seq = 0;  // when not ok
  std::string reason;
};

// The only code that knows the table audit_log: entries are appended and never change, each holds
// the hash of the one before. One instance a connection.
class AuditTable {
 public:
  AuditTable(storage::Database& db, const storage::SecretBox& box) : db_(db), box_(box) {}

  // Seals the beginning of the log of a new store.
  void begin();
  // Gives the entry its seq and hashes, and a time that is not before the last one's, and stores
  // it. After an end that is not the sealed one it does not continue the chain, so that verify()
  // goes on telling.
  void append(model::AuditEntry& entry);
  std::optional<model::AuditEntry> find(std::string_view id);
  AuditPage list(const AuditFilter& filter);
  // Recomputes every hash and compares the end with the sealed head: an entry that was changed,
  // removed or put in between shows, and so does a tail cut off by whoever lacks the master key.
  AuditVerdict verify();

 private:
  static constexpr std::string_view kSelect =
      "SELECT seq, id, created_at, actor_type, actor_id, actor_email, action, resource_type, "
      "resource_id, project_id, ip, user_agent, request_id, before, after, previous_hash, hash "
      "FROM audit_log ";
  void sealHead(std::string head);
  std::optional<std::string> sealedHead();
  bool isSealed(int64_t seq, const std::string& end);
  int64_t firstSeqAt(UnixMillis time);

  storage::Database& db_;
  const storage::SecretBox& box_;
  MetaTable meta_{db_};
  storage::Statement insert_{
      db_,
      "INSERT INTO audit_log (seq, id, created_at, actor_type, actor_id, actor_email, action, "
      "resource_type, resource_id, project_id, ip, user_agent, request_id, before, after, "
      "previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement last_{db_,
                           "SELECT seq, created_at, hash FROM audit_log ORDER BY seq DESC LIMIT 1"};
  storage::Statement is_set_up_{db_, "SELECT count(*) FROM organization"};
  storage::Statement find_{db_, kSelect, "WHERE id = ?"};
  storage::Statement all_{db_, kSelect, "ORDER BY seq"};
  storage::Statement first_at_{db_,
                               "SELECT seq FROM audit_log WHERE created_at >= ? "
                               "ORDER BY created_at, seq LIMIT 1"};
};

// The entry as the API shows it and as it is hashed: with hash, or without for hashing.
enum class WithHash : unsigned char { No, Yes };
void writeAuditEntry(json::Writer& out, const model::AuditEntry& entry, WithHash with_hash);

}  // namespace penstock::store
