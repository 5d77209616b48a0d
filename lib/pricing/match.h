#pragma once

#include <string_view>
#include <vector>

namespace penstock::pricing {

// A rule of the price table about models' names (in lower case): alternatives separated by '|',
// each one or more atoms joined by '&'. An atom's first character says how to read the rest:
//
//   =gpt-4o   is it                     *claude-v2   contains it
//   ^gpt-4o   starts with it            $-latest     ends with it
//   #m-####   is it, '#' being a digit  %m-#         starts with it, '#' being a digit
//   !-tts     does not contain it as a segment: followed by '-' or the end
//
// No regular expressions, so the cost is bounded by the lengths. Read once, since a request is
// compared with dozens.
class NameRule {
 public:
  NameRule() = default;  // matches nothing
  // The text must outlive this.
  explicit NameRule(std::string_view rule);
  bool matches(std::string_view name) const;

 private:
  struct Atom {
    char kind = '\0';
    bool last = false;  // of its alternative
    std::string_view text;
    bool matches(std::string_view name) const;
  };
  std::vector<Atom> atoms_;
};

// Whether a base URL's host and path ("api.groq.com/openai/v1") begin with a host rule: a host, in
// which one '*' stands for any characters, and perhaps a path.
bool matchesHost(std::string_view rule, std::string_view location);

}  // namespace penstock::pricing
