#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::cli {

// The commands as a shell sees them.
struct CommandTree {
  struct Flag {
    std::vector<std::string> names;  // with their dashes
    std::string help;
    bool takes_value = false;
    bool is_file = false;
  };
  std::string name;
  std::string help;
  std::vector<Flag> flags;
  std::vector<CommandTree> commands;
  bool takes_file = false;  // as an argument
};

// A completion script for "bash", "zsh" or "fish"; nothing for another shell.
std::optional<std::string> completionScript(const CommandTree& root, std::string_view shell);

}  // namespace penstock::cli
