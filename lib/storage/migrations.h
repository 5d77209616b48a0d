#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "storage/database.h"

namespace penstock::storage {

// One migration file of the program, e.g. {"0001_init.sql", "CREATE TABLE …"}.
struct Migration {
  std::string_view name;
  std::string_view sql;
};

// Brings the database to the last of `migrations`, which are in order and only ever appended to.
// Each is applied in its own transaction together with its row in schema_migration. Returns how
// many were applied now. Refuses (Conflict) with nothing changed when an applied file differs from
// the program's ("schema_changed") or is unknown to it ("schema_newer").
Result<size_t> migrate(Database& db, std::span<const Migration> migrations, UnixMillis now);

}  // namespace penstock::storage
