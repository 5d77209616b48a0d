#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace penstock::storage {

// Where the master key may come from; the first that is set counts.
struct MasterKeySource {
  std::optional<Secret> value;                // text of PENSTOCK_MASTER_KEY
  std::optional<std::filesystem::path> file;  // --master-key-file
  std::filesystem::path own_file;             // beside the store
};

enum class IfMissing : uint8_t { Create, Refuse };

// The 32 bytes of the master key. `if_missing` is about own_file only: a fresh store creates it
// (random, mode 0600, on the disk before this returns); a store that already holds secrets must
// not get a second key. Refuses an own_file that others may read.
Result<Secret> loadMasterKey(const MasterKeySource& source, IfMissing if_missing);

// 32 bytes as 64 hex digits or as base64 (standard or URL alphabet, padding optional); white space
// around it is ignored.
Result<Secret> parseMasterKey(std::string_view text);

}  // namespace penstock::storage
