// Parses the command line and hands over; what a command does is in its own file.
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "commands.h"
#include "config_file.h"
#include "engine.h"
#include "exit_codes.h"
#include "serve.h"

using namespace penstock::cli;

namespace {

void addCommands(CLI::App& app, int& exit_code) {
  app.require_subcommand(1);
  // Read before the flags are (config_file.h); declared so that --help shows it.
  app.add_option("--config", "TOML file with defaults; flags and PENSTOCK_* variables beat it")
      ->envname("PENSTOCK_CONFIG")
      ->type_name("FILE");
  app.set_version_flag("--version", PENSTOCK_VERSION);
  app.footer(kExitCodesHelp);
  app.fallthrough();
  addServe(app, exit_code);
  addDeclarative(app, exit_code);
  addImport(app, exit_code);
  addGroups(app, exit_code);
  addRoutes(app, exit_code);
  addBackup(app, exit_code);
  addCheck(app, exit_code);
  addVersion(app, exit_code);
  addShell(app, exit_code);
}

int run(int argc, char** argv) {
  int exit_code = kDone;
  CLI::App app("Penstock, a self-hosted LLM gateway", "penstock");
  addCommands(app, exit_code);
  try {
    applyConfigFile(app, argc, argv);
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    // --help and --version end here too, with success.
    return app.exit(problem) == 0 ? kDone : kUsage;
  }
  return exit_code;
}

// What could not be written is not done: a key that is shown once would be lost unnoticed.
int written(int exit_code) {
  if (std::cout.flush() || exit_code == kRefused) return exit_code;
  std::cerr << "penstock: cannot write to standard output\n";
  return kRefused;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return written(run(argc, argv));
  } catch (const std::exception& problem) {
    std::cerr << "penstock: " << problem.what() << "\n";
    return kRefused;
  }
}
