#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace penstock::declare {

struct YamlLimits {
  size_t max_bytes = 4u << 20;
  size_t max_depth = 60;          // below what json::parse() takes
  size_t max_nodes = 200'000;     // after aliases are expanded
  size_t max_output = 32u << 20;  // of the JSON text
};

// One YAML document as JSON text, to be parsed by json::parse(). Scalars by the YAML 1.2 core
// schema: null, true, false and numbers are what they look like unless quoted; "no", "on" and dates
// are strings. Keys become strings. `<<` merges, as PyYAML does. Refused: several documents,
// duplicate keys, tags beyond the core's, .inf and .nan, control characters, and whatever exceeds
// the limits, which bound what aliases may expand to.
//
// Error: InvalidRequest/"invalid_yaml", the message naming `what`, line and column (from 1). It
// quotes keys and names of anchors, never values.
Result<std::string> yamlToJson(std::string_view text, std::string_view what,
                               const YamlLimits& limits = {});

// Block style; yamlToJson() reads the same value back. Strings that any YAML reader could take for
// something else are quoted.
std::string yamlOf(json::ValueRef root);

}  // namespace penstock::declare
