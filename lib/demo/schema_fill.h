#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace penstock::demo {

// Makes up a JSON value that conforms to a JSON Schema, always the same for the same schema: what a
// tool call's arguments and a json_schema answer are made of.
//
// Understood: type (also a list), const, enum (the first), properties, required,
// additionalProperties, minProperties, items, prefixItems, minItems, maxItems, uniqueItems,
// minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, minLength, maxLength, format,
// local $ref, allOf, anyOf and oneOf (the first that is not null). Required properties are filled;
// where a schema requires nothing, all are. Not understood and so not honoured: pattern, not, if,
// and the dependent… and unevaluated… keywords.
//
// `name` seasons strings ("demo city"). The result is bounded: what lies deeper than 24 levels or
// beyond 4,000 values is null.
std::string fillSchema(json::ValueRef schema, std::string_view name);

}  // namespace penstock::demo
