#pragma once

#include <CLI/CLI.hpp>

// One function a subcommand; each adds its flags and, when it is the one that was given, sets
// `exit_code`: 0 done, 1 refused (the reason on standard error), 2 wrong usage, 3 cannot reach the
// gateway. `penstock serve` is in serve.h.
namespace penstock::cli {

void addKey(CLI::App& app, int& exit_code);
void addProvider(CLI::App& app, int& exit_code);
void addRoute(CLI::App& app, int& exit_code);
void addProject(CLI::App& app, int& exit_code);
void addLogs(CLI::App& app, int& exit_code);
void addRoutes(CLI::App& app, int& exit_code);
void addBackup(CLI::App& app, int& exit_code);
void addCheck(CLI::App& app, int& exit_code);
void addVersion(CLI::App& app, int& exit_code);

}  // namespace penstock::cli
