#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rules/facts.h"

namespace penstock::rules {

// A path of a rule, understood.
struct Reference {
  Variable variable;
  Type type;
  FactGroup group;
  std::string_view key;  // the segment that names a tag, budget or provider; a view of `segments`
};

// The variable that the segments of a path name, or nothing.
std::optional<Reference> findVariable(std::span<const std::string_view> segments);

// What a message can offer instead of an unknown path: the variables under its first segment, or
// under all when there are none. "request.stream, request.max_tokens, …"
std::string knownVariables(std::string_view root);

}  // namespace penstock::rules
