#pragma once

#include <string>

#include "session.h"

namespace penstock::cli {

// `penstock logs tail`: prints a line a request until the stream ends, the path being that of the
// endpoint with its query. With --json the API's objects, one a line.
Outcome<Unit> tailLogs(const Session& session, const std::string& path);

}  // namespace penstock::cli
