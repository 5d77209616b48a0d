#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "json/scan.h"

namespace penstock::cache {

// Whose answers a request may be given, beside what its body says.
struct KeyScope {
  std::string_view project_id;
  std::string_view endpoint;         // "chat.completions"
  std::string_view variant;          // of an experiment; empty: none
  std::vector<std::string> configs;  // that it goes through, with their versions, in order
  std::vector<std::string> targets;  // that may serve it; their order does not matter
};

// The same for requests that are the same to their callers (README.md). Each part is framed by its
// length, so that no two of them run into each other. About 1 µs, and 2 µs a KB of body.
Sha256 requestKey(KeyScope scope, const json::ObjectIndex& body);

}  // namespace penstock::cache
