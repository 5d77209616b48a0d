#include "config_file.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

namespace penstock::cli {
namespace {

constexpr std::string_view kFlag = "--config";

std::string configPath(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument == kFlag && i + 1 < argc) return argv[i + 1];
    if (argument.starts_with(kFlag) && argument.substr(kFlag.size()).starts_with('=')) {
      return std::string(argument.substr(kFlag.size() + 1));
    }
  }
  const char* from_environment = std::getenv("PENSTOCK_CONFIG");
  return from_environment == nullptr ? "" : from_environment;
}

void collectVariables(const CLI::App& app, std::set<std::string>& variables) {
  for (const CLI::Option* option : app.get_options()) variables.insert(option->get_envname());
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    collectVariables(*command, variables);
  }
}

std::string variableOf(const std::string& key) {
  std::string name = "PENSTOCK_";
  for (const char c : key) name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(c)));
  return name;
}

}  // namespace

void applyConfigFile(const CLI::App& app, int argc, char** argv) {
  const std::string path = configPath(argc, argv);
  if (path.empty()) return;
  std::ifstream file(path);
  if (!file) throw CLI::FileError("cannot read the config file " + path);
  std::set<std::string> known{"PENSTOCK_MASTER_KEY", "PENSTOCK_SMTP_PASSWORD",
                              "PENSTOCK_OTLP_HEADERS"};
  collectVariables(app, known);
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
    const std::string name = variableOf(item.name);
    if (!item.parents.empty() || item.inputs.size() != 1 || !known.contains(name)) {
      throw CLI::ConfigError(path + ": unknown key " + item.fullname());
    }
    ::setenv(name.c_str(), item.inputs[0].c_str(), 0);
  }
}

}  // namespace penstock::cli
