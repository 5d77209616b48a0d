#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace penstock::demo {

// All that a schema says about one value, in one place: itself, what its $ref points at, every
// allOf and the chosen branch of anyOf or oneOf. Keywords are looked up over the lot. Views into
// the schema's document.
class SchemaFacets {
 public:
  // Which branch of anyOf and oneOf: the richest comes first, but a schema that recurses ends only
  // if the simplest is taken at some depth.
  enum class Branch : unsigned char { First, Simplest };
  SchemaFacets(json::ValueRef root, json::ValueRef schema, Branch branch);

  // The first value of a keyword.
  std::optional<json::ValueRef> find(std::string_view keyword) const;
  // The greatest (least) number that any part gives the keyword.
  std::optional<double> greatest(std::string_view keyword) const;
  std::optional<double> least(std::string_view keyword) const;
  // "object", "array", "string", "integer", "number", "boolean" or "null": as declared (the first
  // that is not null), else guessed from the other keywords.
  std::string_view type() const;
  std::vector<std::string_view> required() const;  // each once
  // All properties with the schema of the first part that declares each.
  std::vector<json::MemberRef> properties() const;

 private:
  void collect(json::ValueRef schema, Branch branch);
  std::optional<json::ValueRef> resolve(std::string_view reference) const;

  json::ValueRef root_;
  std::vector<json::ValueRef> parts_;
};

}  // namespace penstock::demo
