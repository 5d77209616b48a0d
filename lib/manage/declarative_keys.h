#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "json/reader.h"
#include "manage/change.h"
#include "model/key.h"
#include "store/tables.h"

namespace penstock::manage {

// The hash of a key that was made elsewhere, so that its holders can go on using it.
struct ImportedSecret {
  Sha256 hash{};
  std::string prefix, last_four;
};

// `hash` (64 hex digits), `prefix` and `last_four` of an item; nothing when there is no hash.
std::optional<ImportedSecret> readImportedSecret(json::ObjectReader& item);

// Conflict: key_exists when some key has that secret, or had it.
Status importApiKey(Change& change, model::ApiKey key, const ImportedSecret& secret);

// Which of the store's keys an item of the document means: the one with its hash, or without a hash
// the oldest of its name that no item before meant, since names need not be unique.
class DeclaredKeys {
 public:
  explicit DeclaredKeys(store::Tables& tables) : tables_(tables) {}

  std::optional<model::ApiKey> match(const std::string& project_id, std::string_view name,
                                     const Sha256* hash);
  // The project's keys that were there before and that no item meant, by name.
  std::vector<model::ApiKey> unmatchedOf(const std::string& project_id);

 private:
  using ByName = std::multimap<std::string, model::ApiKey, std::less<>>;  // of one: oldest first
  // Indexed, for there may be tens of thousands and this runs on the writer thread.
  struct Keys {
    ByName by_name;
    std::map<Sha256, ByName::iterator> by_hash;
  };
  Keys& keysOf(const std::string& project_id);

  store::Tables& tables_;
  std::map<std::string, Keys> unmatched_;  // by project
};

}  // namespace penstock::manage
