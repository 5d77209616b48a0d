#pragma once

#include <string>

namespace penstock::cli {

constexpr int kDone = 0;
constexpr int kRefused = 1;  // by the API, or the operation failed
constexpr int kUsage = 2;
constexpr int kUnreachable = 3;  // no gateway answers at the URL

// Why a command ends early: what to print and what to exit with.
struct Failure {
  int exit_code = kRefused;
  std::string message;
};

}  // namespace penstock::cli
