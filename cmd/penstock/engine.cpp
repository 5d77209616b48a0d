#include "engine.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include "base/text.h"
#include "groups.h"
#include "row.h"
#include "session_options.h"

namespace penstock::cli {
namespace {

constexpr const char* kLimit = "--limit";

std::string typeName(Kind kind) {
  switch (kind) {
    case Kind::Text: return "TEXT";
    case Kind::Int: return "INT";
    case Kind::List: return "LIST";
    case Kind::Json: return "JSON";
    case Kind::JsonFile: return "FILE";
    case Kind::Flag:
    case Kind::SecretLine: break;
  }
  return {};
}

void addOption(CLI::App& command, const Option& option, Values& values, bool required) {
  std::vector<std::string>& given = values.options[option.flag];
  const std::string help = std::string(option.help) + (option.clearable ? "; none clears it" : "");
  if (option.kind == Kind::SecretLine) {
    command.add_flag_function(
        option.flag, [&given](int64_t) { given = {"true"}; }, help);
  } else if (option.kind == Kind::Flag) {
    const std::string opposite = "!--no-" + std::string(option.flag).substr(2);
    command.add_flag_function(
        std::string(option.flag) + "," + opposite,
        [&given](int64_t count) { given = {count > 0 ? "true" : "false"}; }, help);
  } else if (option.kind == Kind::List) {
    command.add_option(option.flag, given, help)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(typeName(option.kind))
        ->required(required);
  } else {
    command
        .add_option_function<std::string>(
            option.flag, [&given](const std::string& text) { given = {text}; }, help)
        ->type_name(typeName(option.kind))
        ->required(required);
  }
}

const Option* findOption(std::span<const Option> options, std::string_view flag) {
  const auto found =
      std::ranges::find_if(options, [&](const Option& option) { return option.flag == flag; });
  return found == options.end() ? nullptr : &*found;
}

void addOptions(CLI::App& command, const Row& row, Values& values) {
  const Row* other = row.instead.row;
  for (const Option& option : row.options) {
    const Option* same = other == nullptr ? &option : findOption(other->options, option.flag);
    addOption(command, option, values, option.required && same != nullptr && same->required);
  }
  if (other == nullptr) return;
  for (const Option& option : other->options) {
    if (findOption(row.options, option.flag) == nullptr) addOption(command, option, values, false);
  }
  command.add_flag_function(
      row.instead.flag, [&given = values.options[row.instead.flag]](int64_t) { given = {"true"}; },
      row.instead.help);
}

void addArguments(CLI::App& command, const Row& row, Values& values) {
  values.arguments.resize(row.arguments.size());
  for (size_t i = 0; i < row.arguments.size(); ++i) {
    const Argument& argument = row.arguments[i];
    if (argument.fallback != nullptr) values.arguments[i] = argument.fallback;
    command.add_option(argument.name, values.arguments[i], argument.help)
        ->required(argument.fallback == nullptr);
  }
}

void addRow(CLI::App& parent, const Row& row, int& exit_code) {
  CLI::App& command = *parent.add_subcommand(row.verb, row.help);
  if (row.alias != nullptr) command.alias(row.alias);
  auto values = std::make_shared<Values>();
  addArguments(command, row, *values);
  addOptions(command, row, *values);
  if (row.csv) {
    addOption(command, {kCsv, "", "Print CSV", Kind::Flag, Into::Prepare}, *values, false);
  }
  if (row.print == Print::Table && row.list == nullptr) {
    const Option limit{kLimit, "",
                       row.limit == 0 ? "At most so many" : "At most so many; 50 when absent",
                       Kind::Int, Into::Prepare};
    addOption(command, limit, *values, false);
  }
  onRun(command, exit_code, [values, &row](const Session& session) {
    const bool instead = row.instead.row != nullptr && values->find(row.instead.flag) != nullptr;
    if (instead) values->options.erase(row.instead.flag);
    return runRow(session, instead ? *row.instead.row : row, *values);
  });
}

}  // namespace

void addGroups(CLI::App& app, int& exit_code) {
  for (const Group& group : groups()) {
    CLI::App* parent = &app;
    // "budget alert" stands below "budget", whose group came before.
    split(group.name == nullptr ? "" : group.name, ' ', [&](std::string_view word) {
      if (word.empty()) return;
      const std::string name(word);
      const auto known = parent->get_subcommands(
          [&](CLI::App* command) { return command->check_name(name); });
      parent = known.empty() ? parent->add_subcommand(name, group.help) : known.front();
      parent->require_subcommand(1);
    });
    for (const Row& row : group.rows) addRow(*parent, row, exit_code);
  }
}

int report(const Failure& failure) {
  if (!failure.message.empty()) std::cerr << "penstock: " << failure.message << "\n";
  return failure.exit_code;
}

void onRun(CLI::App& command, int& exit_code, Action action) {
  auto options = std::make_shared<SessionOptions>();
  const auto add = [&](const char* flag, std::string& value, const char* help,
                       const char* variable) {
    return command.add_option(flag, value, help)->envname(variable)->group("Gateway");
  };
  add("--url", options->url, "Address of the management API", "PENSTOCK_MANAGE_URL")
      ->capture_default_str();
  add("--key", options->key, "Management key (mlx_mk_…); better in the environment",
      "PENSTOCK_MANAGEMENT_KEY");
  add("--key-file", options->key_file, "File that holds the management key",
      "PENSTOCK_MANAGEMENT_KEY_FILE");
  add("--ca-file", options->ca_file, "PEM bundle to verify an https URL with", "PENSTOCK_CA_FILE");
  command.add_flag("--json", options->json, "Print the API's JSON");
  command.callback([options, &exit_code, action = std::move(action)] {
    const auto outcome = action(Session(*options));
    if (!outcome) exit_code = report(outcome.error());
  });
}

}  // namespace penstock::cli
