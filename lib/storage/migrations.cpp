#include "storage/migrations.h"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/digest.h"
#include "storage/statement.h"

namespace penstock::storage {
namespace {

struct Applied {
  std::string name;
  std::string sha256;
};

std::vector<Applied> readApplied(Database& db) {
  Statement select(db, "SELECT name, sha256 FROM schema_migration ORDER BY name");
  std::vector<Applied> applied;
  Rows rows = select.query();
  while (rows.next()) applied.push_back({rows.string(0), rows.string(1)});
  return applied;
}

ApiError refuse(std::string code, std::string message) {
  return {ErrorKind::Conflict, std::move(code), std::move(message)};
}

// The applied migrations must be the first of the program's, unchanged.
Status compare(const Database& db, const std::vector<Applied>& applied,
               std::span<const Migration> migrations) {
  for (size_t i = 0; i < applied.size(); ++i) {
    if (i >= migrations.size() || applied[i].name != migrations[i].name) {
      return refuse("schema_newer",
                    fmt::format("{} has the migration {}, which this version of penstock does not "
                                "know: it was written by a newer one",
                                db.path().string(), applied[i].name));
    }
    if (applied[i].sha256 != hex(sha256(migrations[i].sql))) {
      return refuse("schema_changed", fmt::format("{}: the migration {} was changed after it had "
                                                  "been applied",
                                                  db.path().string(), applied[i].name));
    }
  }
  return Unit{};
}

void apply(Database& db, const Migration& migration, UnixMillis now) {
  Transaction transaction(db, Transaction::Kind::Write);
  db.exec(std::string(migration.sql));
  Statement(db, "INSERT INTO schema_migration (name, sha256, applied_at) VALUES (?, ?, ?)")
      .run(migration.name, hex(sha256(migration.sql)), now);
  transaction.commit();
}

}  // namespace

Result<size_t> migrate(Database& db, std::span<const Migration> migrations, UnixMillis now) {
  db.exec(
      "CREATE TABLE IF NOT EXISTS schema_migration (name TEXT PRIMARY KEY, "
      "sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID");
  const std::vector<Applied> applied = readApplied(db);
  if (Status status = compare(db, applied, migrations); !status) return std::move(status).error();
  for (const Migration& migration : migrations.subspan(applied.size())) {
    apply(db, migration, now);
  }
  return migrations.size() - applied.size();
}

}  // namespace penstock::storage
