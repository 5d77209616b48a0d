#pragma once

#include <CLI/CLI.hpp>

#include "command_table.h"

namespace penstock::cli {

// A subcommand for every row of the tables (groups.h).
void addGroups(CLI::App& app, int& exit_code);

}  // namespace penstock::cli
