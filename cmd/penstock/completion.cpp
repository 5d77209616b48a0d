#include "completion.h"

#include <algorithm>
#include <functional>

namespace penstock::cli {
namespace {

// Help texts end up between single quotes, on one line.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out + "'";
}

// Calls with every command and the words that lead to it: "", "key", "key create".
using Visit = std::function<void(const std::string& path, const CommandTree& command)>;
void visit(const CommandTree& command, const std::string& path, const Visit& each) {
  each(path, command);
  for (const CommandTree& child : command.commands) {
    visit(child, path.empty() ? child.name : path + " " + child.name, each);
  }
}

std::string wordsOf(const CommandTree& command) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : " ") + word; };
  for (const CommandTree& child : command.commands) add(child.name);
  for (const CommandTree::Flag& flag : command.flags) {
    for (const std::string& name : flag.names) add(name);
  }
  return words;
}

std::string namesOf(const CommandTree& command, bool files) {
  std::string names;
  for (const CommandTree::Flag& flag : command.flags) {
    if (!flag.takes_value || flag.is_file != files) continue;
    for (const std::string& name : flag.names) names += (names.empty() ? "" : "|") + name;
  }
  return names;
}

// Both shells walk the words before the cursor down the tree: a word that leads to no command is an
// argument or a flag's value.
std::string bashScript(const CommandTree& root) {
  std::string text =
      "# bash completion for penstock; source it, or put it into bash_completion.d\n"
      "_penstock_next() {\n"
      "  case \"$1/$2\" in\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    for (const CommandTree& child : command.commands) {
      text += "    " + quoted(path + "/" + child.name) + ") printf %s " +
              quoted(path.empty() ? child.name : path + " " + child.name) + " ;;\n";
    }
  });
  text +=
      "    *) printf %s \"$1\" ;;\n"
      "  esac\n"
      "}\n"
      "_penstock_words() {\n"
      "  case \"$1\" in\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    text += "    " + quoted(path) + ") printf %s " + quoted(wordsOf(command)) + " ;;\n";
  });
  text +=
      "  esac\n"
      "}\n"
      "# file: files complete here; value: something that is not known does; else words.\n"
      "_penstock_expects() {\n"
      "  case \"$1/$2\" in\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    for (const CommandTree::Flag& flag : command.flags) {
      if (!flag.takes_value) continue;
      for (const std::string& name : flag.names) {
        text += "    " + quoted(path + "/" + name) + ") printf " +
                (flag.is_file ? "file" : "value") + " ;;\n";
      }
    }
    if (command.takes_file) text += "    " + quoted(path + "/") + ") printf file ;;\n";
  });
  text +=
      "  esac\n"
      "}\n"
      "_penstock() {\n"
      "  local path='' word i current=\"${COMP_WORDS[COMP_CWORD]}\" expects\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    path=\"$(_penstock_next \"$path\" \"${COMP_WORDS[i]}\")\"\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  expects=\"$(_penstock_expects \"$path\" \"${COMP_WORDS[COMP_CWORD - 1]}\")\"\n"
      "  if [[ -z $expects && $current != -* ]]; then\n"
      "    expects=\"$(_penstock_expects \"$path\" '')\"\n"
      "  fi\n"
      "  if [[ $expects == file ]]; then\n"
      "    while IFS= read -r word; do COMPREPLY+=(\"$word\"); done < <(compgen -f -- "
      "\"$current\")\n"
      "    compopt -o filenames 2>/dev/null\n"
      "  elif [[ -z $expects ]]; then\n"
      "    while IFS= read -r word; do COMPREPLY+=(\"$word\"); done \\\n"
      "      < <(compgen -W \"$(_penstock_words \"$path\")\" -- \"$current\")\n"
      "  fi\n"
      "}\n"
      "complete -F _penstock penstock\n";
  return text;
}

// _describe takes "word:help" with colons in the word escaped; none has one.
std::string zshItems(const CommandTree& command) {
  std::string items;
  for (const CommandTree& child : command.commands) {
    items += " " + quoted(child.name + ":" + child.help);
  }
  for (const CommandTree::Flag& flag : command.flags) {
    for (const std::string& name : flag.names) items += " " + quoted(name + ":" + flag.help);
  }
  return items;
}

std::string zshScript(const CommandTree& root) {
  std::string text =
      "#compdef penstock\n"
      "# zsh completion for penstock; put it into a folder of $fpath as _penstock\n"
      "_penstock() {\n"
      "  local context='' word\n"
      "  local -a items\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n"
      "    case \"$context/$word\" in\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    for (const CommandTree& child : command.commands) {
      text += "      " + quoted(path + "/" + child.name) +
              ") context=" + quoted(path.empty() ? child.name : path + " " + child.name) + " ;;\n";
    }
  });
  text +=
      "    esac\n"
      "  done\n"
      "  word=\"${words[CURRENT-1]}\"\n"
      "  case \"$context\" in\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    text += "    " + quoted(path) + ")\n";
    const std::string files = namesOf(command, true);
    const std::string values = namesOf(command, false);
    if (!files.empty() || !values.empty()) text += "      case \"$word\" in\n";
    if (!files.empty()) text += "        " + files + ") _files; return ;;\n";
    if (!values.empty()) text += "        " + values + ") return ;;\n";
    if (!files.empty() || !values.empty()) text += "      esac\n";
    text += "      items=(" + zshItems(command) + " ) ;;\n";
  });
  text +=
      "  esac\n"
      "  _describe command items\n"
      "}\n"
      "if [ \"$funcstack[1]\" = _penstock ]; then _penstock \"$@\"; else compdef _penstock "
      "penstock; fi\n";
  return text;
}

std::string fishScript(const CommandTree& root) {
  std::string text =
      "# fish completion for penstock; put it into ~/.config/fish/completions/penstock.fish\n"
      "function __penstock_at\n"
      "  set -l path ''\n"
      "  for word in (commandline -opc)[2..]\n"
      "    switch \"$path/$word\"\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    for (const CommandTree& child : command.commands) {
      text += "      case " + quoted(path + "/" + child.name) + "\n        set path " +
              quoted(path.empty() ? child.name : path + " " + child.name) + "\n";
    }
  });
  text +=
      "    end\n"
      "  end\n"
      "  test \"$path\" = \"$argv[1]\"\n"
      "end\n"
      "complete -c penstock -f\n";
  visit(root, "", [&](const std::string& path, const CommandTree& command) {
    const std::string at = "complete -c penstock -n " + quoted("__penstock_at " + quoted(path));
    for (const CommandTree& child : command.commands) {
      text += at + " -a " + quoted(child.name) + " -d " + quoted(child.help) + "\n";
    }
    for (const CommandTree::Flag& flag : command.flags) {
      text += at;
      for (const std::string& name : flag.names) {
        const bool is_long = name.starts_with("--");
        text += (is_long ? " -l " : " -s ") + quoted(name.substr(is_long ? 2 : 1));
      }
      text += flag.is_file ? " -r -F" : flag.takes_value ? " -x" : "";
      text += " -d " + quoted(flag.help) + "\n";
    }
    if (command.takes_file) text += at + " -F\n";
  });
  return text;
}

}  // namespace

std::optional<std::string> completionScript(const CommandTree& root, std::string_view shell) {
  if (shell == "bash") return bashScript(root);
  if (shell == "zsh") return zshScript(root);
  if (shell == "fish") return fishScript(root);
  return {};
}

}  // namespace penstock::cli
