#pragma once

#include "command_table.h"

namespace penstock::cli {

// Does what the row says with what the command line gave, and prints the answer.
Outcome<Unit> runRow(const Session& session, const Row& row, Values& values);

}  // namespace penstock::cli
