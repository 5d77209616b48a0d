#pragma once

#include <CLI/CLI.hpp>

// One function a subcommand; each adds its flags and, when it is the one that was given, sets
// `exit_code` (exit_codes.h), the reason being on standard error. `penstock serve` is in serve.h,
// and the management API's commands are tables (groups.h).
namespace penstock::cli {

void addDeclarative(CLI::App& app, int& exit_code);
void addImport(CLI::App& app, int& exit_code);
void addShell(CLI::App& app, int& exit_code);
void addRoutes(CLI::App& app, int& exit_code);
void addBackup(CLI::App& app, int& exit_code);
void addCheck(CLI::App& app, int& exit_code);
void addVersion(CLI::App& app, int& exit_code);

}  // namespace penstock::cli
