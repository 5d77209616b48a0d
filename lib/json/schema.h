#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace penstock::json {

// A JSON Schema, compiled. Of draft 4, which is what RapidJSON knows; keywords that it does not
// know are ignored, as the specification wants. References ("$ref") are refused: RapidJSON follows
// circular ones for ever. Immutable; thread-safe.
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
