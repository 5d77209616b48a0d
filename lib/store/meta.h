#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/statement.h"

namespace penstock::store {

// The only code that knows the table meta: single values of the store. One instance a connection.
class MetaTable {
 public:
  explicit MetaTable(storage::Database& db) : db_(db) {}

  int64_t configVersion();
  int64_t bumpConfigVersion();  // returns the new version
  std::optional<std::string> bytes(std::string_view key);
  void setBytes(std::string_view key, std::string_view bytes);

 private:
  storage::Database& db_;
  storage::Statement version_{db_, "SELECT value FROM meta WHERE key = 'config_version'"};
  storage::Statement bump_{db_, "UPDATE meta SET value = value + 1 WHERE key = 'config_version'"};
  storage::Statement get_{db_, "SELECT value FROM meta WHERE key = ?"};
  storage::Statement set_{db_,
                          "INSERT INTO meta (key, value) VALUES (?, ?) "
                          "ON CONFLICT (key) DO UPDATE SET value = excluded.value"};
};

}  // namespace penstock::store
