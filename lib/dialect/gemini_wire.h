#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json/scan.h"
#include "json/value.h"

namespace penstock::dialect {

// Google's JSON: members are camelCase, and their names in the protocol buffers (snake_case) are
// read as well.
std::string camelCase(std::string_view key);
std::string snakeCase(std::string_view camel);
// Whether a member stands beside the same in camelCase, which then counts.
bool isShadowed(json::ValueRef object, std::string_view key);
// The member of that camelCase name in either spelling; nothing also when it is null.
std::optional<json::ValueRef> memberOf(json::ValueRef object, std::string_view camel);
// Its text; empty when it is absent or of another kind.
std::string textOf(json::ValueRef object, std::string_view camel);

// The same of a scanned object: the member, null when it is absent; and the spelling that is there,
// camelCase when neither is.
const json::Member* findEither(const json::ObjectIndex& object, std::string_view camel);
std::string_view spelling(const json::ObjectIndex& object, std::string_view camel);

// "models/gemini-embedding-001", of a name with or without its collection.
std::string resourceName(std::string_view model);

}  // namespace penstock::dialect
