#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "session.h"
#include "table.h"

// Commands of the management API as data: a command is a row. engine.h makes subcommands of the
// rows, row.h runs them, and `penstock commands --json` lists them, which a test compares with the
// API's routes.
namespace penstock::cli {

enum class Kind : uint8_t {
  Text,
  Int,
  Flag,        // also as --no-…, which sends false
  List,        // comma-separated or repeated
  Json,        // JSON text
  JsonFile,    // a file's JSON; - is standard input
  SecretLine,  // a flag: a line from standard input, else the environment variable, else nothing
};

enum class Into : uint8_t {
  Body,
  Parameter,
  Prepare
};  // Prepare: only the row's prepare() reads it

struct Option {
  const char* flag;   // "--name"
  const char* field;  // "name" of the body or query; "settings.retain_payloads" for nested ones
  const char* help;
  Kind kind = Kind::Text;
  Into into = Into::Body;
  bool required = false;
  bool clearable = false;          // "none" clears: sends null, or an empty list
  const char* variable = nullptr;  // of SecretLine
};

struct Argument {
  enum class Lookup : uint8_t { None, Provider };  // Provider: by id or name
  const char* name;
  const char* help;
  Lookup lookup = Lookup::None;
  const char* fallback = nullptr;  // stands in when it is not given
};

enum class Print : uint8_t {
  One,      // an object, a line a column
  Table,    // a list, all pages of it
  Whole,    // everything of the object, as YAML
  Secret,   // the member `secret` alone on standard output, what happened on standard error
  Done,     // what happened
  Changes,  // a list of changed fields at `changes`
};

// What the command line gave.
struct Values {
  std::vector<std::string> arguments;  // of the row, in order
  std::map<std::string, std::vector<std::string>, std::less<>>
      options;                                              // by flag; empty: not given
  std::vector<std::pair<std::string, std::string>> fields;  // JSON for the body, added by prepare()

  const std::string* find(std::string_view flag) const {
    const auto found = options.find(flag);
    return found == options.end() || found->second.empty() ? nullptr : &found->second.front();
  }
  std::string text(std::string_view flag) const {
    const std::string* value = find(flag);
    return value == nullptr ? std::string() : *value;
  }
};

// Runs before the call; may add to `fields`.
using Prepare = Outcome<Unit> (*)(const Session&, Values&);

// Does all that the row is about; the path has its query.
using Run = Outcome<Unit> (*)(const Session&, const std::string& path);

struct Row;

// A flag that makes the command run another row, whose options it takes too.
struct Switch {
  const char* flag = nullptr;
  const char* help = nullptr;
  const Row* row = nullptr;
};

struct Row {
  const char* verb;
  const char* help;
  const char* method;
  const char* path;  // below /manage/v1; each {…} takes an argument, in order
  std::span<const Argument> arguments = {};
  std::span<const Option> options = {};
  Print print = Print::One;
  std::span<const Column> columns = {};
  const char* done = "";       // "removed", for Done and Secret
  const char* secret = "key";  // member that holds it
  const char* list = nullptr;  // of Table: the member of `data` that is the list; not paged
  struct {
    const char* list = nullptr;
    std::span<const Column> columns = {};
  } grouped = {};               // instead of these two when --group-by was given
  bool csv = false;             // takes --csv, which prints the API's CSV
  const char* check = nullptr;  // member that must be true for exit code 0
  bool paged = true;            // of Table
  size_t limit = 0;             // of Table: --limit's default; 0: all
  const char* alias = nullptr;  // another name of the verb
  Prepare prepare = nullptr;
  Switch instead = {};
  std::string (*render)(json::ValueRef data) = nullptr;  // of One: instead of its columns
  Run run = nullptr;                                     // instead of a call and its answer
};

struct Group {
  const char* name;  // nullptr: its rows are commands of their own
  const char* help;
  std::span<const Row> rows;
};

}  // namespace penstock::cli
