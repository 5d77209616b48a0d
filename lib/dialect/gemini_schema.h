#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace penstock::dialect {

// Google's subset of OpenAPI 3.0's schemas ("parameters", "responseSchema"), which older models
// know alone, and JSON Schema, which all others speak.

// {"type":"STRING","nullable":true} → {"type":["string","null"]}. What says nothing to others
// (propertyOrdering) is left out.
std::string jsonSchemaOf(json::ValueRef google);

// JSON Schema in Google's subset: $ref is resolved, oneOf is anyOf, const an enum of one, allOf
// merged, null a "nullable". What the subset cannot say (additionalProperties, exclusive bounds,
// enums of numbers, recursion) is left out: `lost` then holds the first such word.
struct GoogleSchema {
  std::string json;  // empty when the text is no JSON object
  std::string lost;
};
GoogleSchema googleSchemaOf(std::string_view json_schema);

}  // namespace penstock::dialect
