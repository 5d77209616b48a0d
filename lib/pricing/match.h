#pragma once

#include <string_view>

namespace penstock::pricing {

// Whether a model name (in lower case) meets a rule of the price table: alternatives separated by
// '|', each one or more atoms joined by '&'. An atom's first character says how to read the rest:
//
//   =gpt-4o   is it                     *claude-v2   contains it
//   ^gpt-4o   starts with it            $-latest     ends with it
//   #m-####   is it, '#' being a digit  %m-#         starts with it, '#' being a digit
//   !-tts     does not contain it as a segment: followed by '-' or the end
//
// No regular expressions, so the cost is bounded by the lengths.
bool matchesRule(std::string_view rule, std::string_view name);

// Whether a base URL's host and path ("api.groq.com/openai/v1") begin with a host rule: a host, in
// which one '*' stands for any characters, and perhaps a path.
bool matchesHost(std::string_view rule, std::string_view location);

}  // namespace penstock::pricing
