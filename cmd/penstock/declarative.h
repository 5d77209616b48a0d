#pragma once

#include <span>

namespace penstock::cli {

// The endpoints that plan, apply and export call, for `penstock commands --json`: they are no rows
// of a table, since they read and write files.
struct OtherCommand {
  const char* command;
  const char* method;
  const char* path;
};
constexpr OtherCommand kDeclarative[] = {{"plan", "POST", "/config/plan"},
                                         {"apply", "POST", "/config/apply"},
                                         {"export", "GET", "/config/export"}};

}  // namespace penstock::cli
