#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/statement.h"
#include "store/rollup_pack.h"
#include "store/rollup_pending.h"

// Internal to store/: the tables rollup and rollup_text on the writing connection.
namespace penstock::store {

struct RollupPlace {
  RollupKind kind;
  RollupGrain grain;
  int64_t bucket;
  int64_t project;
};

struct Rollup {
  int64_t id = 0;  // 0: not there yet
  bool folded = false;
  model::RequestTotals totals;
  std::string entries;
};

// Rows of the table rollup. In a transaction of the caller's.
class RollupTable {
 public:
  explicit RollupTable(storage::Database& db) : db_(db) {}
  Rollup load(const RollupPlace& place);
  void save(const RollupPlace& place, const Rollup& rollup);

 private:
  storage::Database& db_;
  storage::Statement load_{db_,
                           "SELECT id, folded, totals, entries FROM rollup "
                           "WHERE kind = ? AND grain = ? AND bucket = ? AND project_id = ?"};
  storage::Statement insert_{db_,
                             "INSERT INTO rollup (kind, grain, bucket, project_id, folded, totals, "
                             "entries) VALUES (?, ?, ?, ?, ?, ?, ?)"};
  storage::Statement update_{db_,
                             "UPDATE rollup SET folded = ?, totals = ?, entries = ? WHERE id = ?"};
};

// Rows of the table rollup_text for numbers of a LocalTexts. A text that has no row has a
// provisional id, which names it in a key until the key is admitted to a roll-up.
class AdmittedTexts {
 public:
  AdmittedTexts(storage::Database& db, LocalTexts& local) : db_(db), local_(local) {}

  // The key with ids, provisional ones too, for its numbers. Texts with a row are used on `day`.
  RollupKey withIds(RollupKind kind, RollupKey key, int64_t day);
  // The same key with rows for its provisional ids.
  RollupKey admitted(RollupKind kind, RollupKey key, int64_t day);
  static bool isProvisional(uint32_t id) { return (id & kProvisional) != 0; }

 private:
  static constexpr uint32_t kProvisional = 0x8000'0000;
  uint32_t idOf(uint32_t number, int64_t day);

  storage::Database& db_;
  LocalTexts& local_;
  storage::Statement find_{db_, "SELECT id, last_day FROM rollup_text WHERE text = ?"};
  storage::Statement insert_{db_, "INSERT INTO rollup_text (text, last_day) VALUES (?, ?)"};
  storage::Statement touch_{db_, "UPDATE rollup_text SET last_day = ? WHERE id = ?"};
};

size_t maxEntries(RollupKind kind);

// Makes the additions fit to the roll-up: gives those that a full one does not admit another key.
// Their keys are distinct before; afterwards combined() makes them so.
void fitKeys(RollupKind kind, std::string_view entries, std::vector<RollupEntry>& additions);

// In ascending order of the keys, those with one key as one.
std::vector<RollupEntry> combined(std::vector<RollupEntry> entries);

// Adds them, in the order of combined(), to what is there.
void addEntries(RollupKind kind, Rollup& rollup, std::span<const RollupEntry> additions);

}  // namespace penstock::store
