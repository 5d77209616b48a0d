#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "storage/statement.h"

namespace penstock::store {

// The table dictionary of log.db on one connection: repeated strings as small integers. Texts never
// change their id, so both directions are cached for good. The empty text is 0 and has no row.
class LogDictionary {
 public:
  explicit LogDictionary(storage::Database& db) : db_(db) {}

  // The text's id, given one now if it has none. For the writing connection, in a transaction.
  int64_t intern(std::string_view text);
  // Its id if it was interned on this connection.
  std::optional<int64_t> known(std::string_view text);
  // To be called when that transaction was rolled back.
  void forget() {
    recent_ = {};
    ids_.clear();
  }

  std::optional<int64_t> find(std::string_view text);
  const std::string& text(int64_t id);

 private:
  using Ids = std::unordered_map<std::string, int64_t, TextHash, std::equal_to<>>;

  storage::Database& db_;
  storage::Statement insert_{
      db_, "INSERT INTO dictionary (text) VALUES (?) ON CONFLICT (text) DO NOTHING"};
  storage::Statement by_text_{db_, "SELECT id FROM dictionary WHERE text = ?"};
  storage::Statement by_id_{db_, "SELECT text FROM dictionary WHERE id = ?"};
  Ids ids_;
  // Of those, some that were asked for last, by length and first character: rows repeat each other,
  // and to compare a text takes less than to hash it.
  std::array<const Ids::value_type*, 64> recent_{};
  std::unordered_map<int64_t, std::string> texts_;
};

}  // namespace penstock::store
