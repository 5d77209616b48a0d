#pragma once

#include <filesystem>

#include "base/result.h"
#include "storage/database.h"

namespace penstock::storage {

// Copies the committed state of `source` (a reader will do; writers go on meanwhile) into a new
// file of mode 0600, complete in itself. Conflict ("file_exists") when there is one already; on any
// failure no file is left behind.
Status backup(Database& source, const std::filesystem::path& target);

}  // namespace penstock::storage
