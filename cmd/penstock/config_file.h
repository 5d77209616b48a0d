#pragma once

#include <CLI/CLI.hpp>

namespace penstock::cli {

// Flags beat the environment, the environment beats the file. The file, of `--config FILE` or
// PENSTOCK_CONFIG, is flat TOML whose keys are the variables' names without the prefix:
//
//   proxy_listen = "0.0.0.0:8080"   # PENSTOCK_PROXY_LISTEN
//   data = "/var/lib/penstock"      # PENSTOCK_DATA
//
// Each becomes an environment variable of this process unless there is one, before the flags are
// parsed. Throws CLI::FileError or CLI::ConfigError for a file that cannot be read or a key that no
// command knows.
void applyConfigFile(const CLI::App& app, int argc, char** argv);

}  // namespace penstock::cli
