#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace penstock::declare {

// The value of a variable, or nothing when it is not set.
using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

// The document as JSON text with `${NAME}` and `${NAME:-default}` replaced in its string values
// (not in keys). The default, which may be empty, stands in for a variable that is unset or empty,
// and is taken as it is; it cannot hold a '}'. `$${` stands for a plain "${". What a variable holds
// is text: it is never parsed.
//
// Error: Unprocessable/"invalid_reference", naming every place (JSON pointer) and variable at
// fault, never a value.
Result<std::string> substitute(json::ValueRef root, const Lookup& lookup);

// The inverse for a document whose values are to be taken literally: "${" becomes "$${".
std::string escapeReferences(json::ValueRef root);
std::string escapeReferences(std::string_view text);

// How other gateways refer to a variable, as our `${NAME}`: LiteLLM's "os.environ/NAME" and
// Bifrost's "env.NAME" with their prefixes. Any other text is escaped.
std::string referenceOf(std::string_view text, std::string_view prefix);

}  // namespace penstock::declare
