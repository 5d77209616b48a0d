#pragma once

#include <string>

namespace penstock::cli {

constexpr int kDone = 0;
constexpr int kRefused = 1;  // by the API, or the operation failed
constexpr int kUsage = 2;
constexpr int kUnreachable = 3;  // no gateway answers at the URL
constexpr int kDifferent = 4;    // of `plan --exit-code`: there is something to change

constexpr const char* kExitCodesHelp =
    "Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 no gateway answers; 4 plan "
    "--exit-code: there are changes.";

// Why a command ends early: what to print (nothing when empty) and what to exit with.
struct Failure {
  int exit_code = kRefused;
  std::string message;
};

}  // namespace penstock::cli
