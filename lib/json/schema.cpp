#include "json/schema.h"

#include <fmt/format.h>
#include <rapidjson/schema.h>

#include "json/document.h"
#include "json/tree.h"

namespace penstock::json {
namespace {

constexpr Limits kLimits{.max_bytes = 64 << 10};

// What RapidJSON takes to be names, or schemas, without a look. It reads every object as a schema,
// those within "default" too.
bool holdNames(ValueRef dependencies) {
  for (const auto [key, names] : dependencies.members()) {
    for (const ValueRef name : names.elements()) {
      if (!name.isString()) return false;
    }
  }
  return true;
}

bool holdsSchemas(ValueRef list) {
  for (const ValueRef schema : list.elements()) {
    if (!schema.isObject()) return false;
  }
  return true;
}

bool isSafe(std::string_view key, ValueRef member) {
  if (key == "dependencies") return holdNames(member);
  if (key == "not") return member.isObject();
  if (key == "allOf" || key == "anyOf" || key == "oneOf" || key == "items")
    return holdsSchemas(member);
  return key != "$ref" && key != "patternProperties" && (key != "pattern" || !member.isString());
}

// The first keyword that is not to be given to RapidJSON, or nothing. Recursion is bounded by the
// parse's limit of depth.
std::string_view unsafeKeyword(ValueRef value) {
  for (const auto [key, member] : value.members()) {
    if (!isSafe(key, member)) return key;
    if (const std::string_view within = unsafeKeyword(member); !within.empty()) return within;
  }
  for (const ValueRef element : value.elements()) {
    if (const std::string_view within = unsafeKeyword(element); !within.empty()) return within;
  }
  return {};
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
  const std::string_view unsafe = unsafeKeyword(checked->root());
  if (unsafe == "$ref")
    return invalidSchema("must not hold \"$ref\": write the schema out where it is used");
  if (unsafe == "pattern" || unsafe == "patternProperties")
    return invalidSchema("must not hold \"" + std::string(unsafe) + "\"");
  if (!unsafe.empty()) {
    return invalidSchema(fmt::format("must have {} only in \"{}\"",
                                     unsafe == "dependencies" ? "names" : "objects", unsafe));
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
