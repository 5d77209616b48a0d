#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace penstock::json {

// A JSON Schema, compiled. Of draft 4, which is what RapidJSON knows; keywords that it does not
// know are ignored, as the specification wants. Refused is what ends or hangs RapidJSON 1.1, since
// callers send schemas too: references ("$ref"), which it follows in circles; regular expressions
// ("pattern", "patternProperties"), which it compiles unchecked; lists of what is no schema.
// Immutable; thread-safe.
class Schema {
 public:
  // The error's message is for whoever wrote the schema.
  static Result<Schema> compile(std::string_view json);

  // Whether the text is one valid JSON value that conforms.
  bool accepts(std::string_view json) const;

 private:
  struct Compiled;
  explicit Schema(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace penstock::json
