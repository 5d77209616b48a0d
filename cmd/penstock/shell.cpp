// penstock completion: scripts that complete commands, made of the commands themselves; and the
// hidden `penstock commands`, which says what endpoint each calls.
#include <iostream>
#include <memory>
#include <string>

#include "commands.h"
#include "completion.h"
#include "declarative.h"
#include "exit_codes.h"
#include "groups.h"
#include "json/writer.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {{"COMMAND", "command"}, {"METHOD", "method"}, {"PATH", "path"}};

CommandTree::Flag flagOf(const CLI::Option& option) {
  CommandTree::Flag flag{.names = {}, .help = option.get_description()};
  for (const std::string& name : option.get_snames()) flag.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flag.names.push_back("--" + name);
  flag.takes_value = option.get_items_expected_max() > 0;
  flag.is_file = option.get_type_name() == "FILE" || option.check_name("--key-file") ||
                 option.check_name("--ca-file");
  return flag;
}

CommandTree treeOf(const CLI::App& app) {
  CommandTree tree{.name = app.get_name(), .help = app.get_description()};
  for (const CLI::Option* option : app.get_options()) {
    if (option->nonpositional()) {
      tree.flags.push_back(flagOf(*option));
    } else if (option->check_name("file")) {
      tree.takes_file = true;
    }
  }
  for (const CLI::App* child : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!child->get_group().empty()) tree.commands.push_back(treeOf(*child));
  }
  return tree;
}

void writeCommand(json::Writer& out, const std::string& command, const char* method,
                  const char* path) {
  out.beginObject().field("command", command).field("method", method).field("path", path);
  out.endObject();
}

std::string commandsJson() {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const Group& group : groups()) {
    const std::string prefix = group.name == nullptr ? "" : std::string(group.name) + " ";
    for (const Row& row : group.rows) writeCommand(out, prefix + row.verb, row.method, row.path);
  }
  for (const OtherCommand& other : kDeclarative) {
    writeCommand(out, other.command, other.method, other.path);
  }
  out.endArray();
  return text;
}

void addCommands(CLI::App& app) {
  CLI::App& command = *app.add_subcommand("commands", "List which endpoint each command calls");
  command.group("");  // hidden
  auto as_json = std::make_shared<bool>(false);
  command.add_flag("--json", *as_json, "As a JSON array");
  command.callback([as_json] {
    const std::string text = commandsJson();
    if (*as_json) {
      std::cout << text << "\n";
    } else if (const auto document = json::parse(text)) {
      std::cout << tableOf(document->root(), kColumns);
    }
  });
}

}  // namespace

void addShell(CLI::App& app, int& exit_code) {
  CLI::App& command =
      *app.add_subcommand("completion", "Print a script that completes commands in a shell");
  auto shell = std::make_shared<std::string>();
  command.add_option("shell", *shell, "bash, zsh or fish")->required();
  command.callback([&app, shell, &exit_code] {
    const auto script = completionScript(treeOf(app), *shell);
    if (script) {
      std::cout << *script;
      return;
    }
    std::cerr << "penstock: completion is for bash, zsh or fish\n";
    exit_code = kUsage;
  });
  addCommands(app);
}

}  // namespace penstock::cli
