#pragma once

#include "command_table.h"

namespace penstock::cli {

// The flag of rows that can print CSV.
constexpr const char* kCsv = "--csv";

// Does what the row says with what the command line gave, and prints the answer.
Outcome<Unit> runRow(const Session& session, const Row& row, Values& values);

}  // namespace penstock::cli
