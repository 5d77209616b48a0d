#pragma once

#include <functional>
#include <memory>

#include <CLI/CLI.hpp>

#include "session.h"

namespace penstock::cli {

// Adds --url, --key, --key-file, --ca-file and --json, and makes the command do `action` when it is
// the one that was given, and exit accordingly.
using Action = std::function<Outcome<Unit>(const Session&)>;
void onRun(CLI::App& command, int& exit_code, Action action);

// Prints why, and answers the exit code.
int report(const Failure& failure);

}  // namespace penstock::cli
