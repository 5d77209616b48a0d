#pragma once

#include <CLI/CLI.hpp>

namespace penstock::cli {

// `penstock serve`: runs both APIs until SIGTERM or SIGINT.
void addServe(CLI::App& app, int& exit_code);

}  // namespace penstock::cli
