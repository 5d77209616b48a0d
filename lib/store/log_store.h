#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/request_logs.h"

namespace penstock::store {

// Opens or creates log.db. A file that is corrupt, or was found so while it was in use, is put
// aside as log.db.corrupt-<time>, with a line in `warnings`, and a new one is made: the log may be
// lost, the gateway still starts. The error is a file from a newer version of the program.
Result<std::unique_ptr<LogStore>> openLogStore(const std::filesystem::path& file, UnixMillis now,
                                               std::vector<std::string>& warnings);

}  // namespace penstock::store
