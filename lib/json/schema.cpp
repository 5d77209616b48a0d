#include "json/schema.h"

#include <rapidjson/schema.h>

#include "json/document.h"
#include "json/tree.h"

namespace penstock::json {
namespace {

constexpr Limits kLimits{.max_bytes = 64 << 10};

// Recursion is bounded by the parse's limit of depth.
bool hasReference(ValueRef value) {
  for (const auto [key, member] : value.members()) {
    if (key == "$ref" || hasReference(member)) return true;
  }
  for (const ValueRef element : value.elements()) {
    if (hasReference(element)) return true;
  }
  return false;
}

ApiError invalidSchema(std::string message) {
  return {ErrorKind::Unprocessable, "invalid_schema", std::move(message)};
}

}  // namespace

struct Schema::Compiled {
  explicit Compiled(const rapidjson::Document& source) : schema(source) {}
  rapidjson::SchemaDocument schema;
};

Result<Schema> Schema::compile(std::string_view json) {
  const auto checked = parse(json, kLimits, "the schema");
  if (!checked) return invalidSchema(checked.error().message);
  if (!checked->root().isObject()) return invalidSchema("must be an object");
  if (hasReference(checked->root())) {
    return invalidSchema("must not hold \"$ref\": write the schema out where it is used");
  }
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  return Schema(std::make_shared<const Compiled>(document));
}

bool Schema::accepts(std::string_view json) const {
  const auto checked = parse(json);
  if (!checked) return false;
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  rapidjson::SchemaValidator validator(compiled_->schema);
  return document.Accept(validator);
}

}  // namespace penstock::json
