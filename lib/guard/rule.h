#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A project's guardrails as people write them: checked, not compiled. Values; README.md has the
// JSON.
namespace penstock::guard {

// What a rule looks at: what the caller sends, what the model answers, or both.
enum class Where : uint8_t { Input, Output, Both };
enum class Phase : uint8_t { Input, Output };

enum class Action : uint8_t {
  Block,   // the request or the answer is refused
  Redact,  // what was found is replaced by "[REDACTED:EMAIL]"
  Flag,    // it is noted in the log
};

// RE2 expressions. No match is longer than kMaxMatch bytes.
struct RegexRule {
  std::vector<std::string> patterns;
  bool operator==(const RegexRule&) const = default;
};

// Words or phrases, whatever their case.
struct KeywordsRule {
  std::vector<std::string> keywords;
  bool whole_words = true;
  bool operator==(const KeywordsRule&) const = default;
};

// Kinds of builtin.h, by name; none stands for all.
struct PiiRule {
  std::vector<std::string> types;
  bool operator==(const PiiRule&) const = default;
};
struct SecretsRule {
  std::vector<std::string> types;
  bool operator==(const SecretsRule&) const = default;
};

// Of the prose in a request, together.
struct MaxPromptRule {
  std::optional<int64_t> max_bytes, max_tokens;  // tokens as dialect/estimate.h counts them
  bool operator==(const MaxPromptRule&) const = default;
};

// Names by glob ('*' any text, '?' one character), whatever their case. A denied name is denied
// even if it is allowed as well; with an empty `allow` all others are allowed.
struct NameLists {
  std::vector<std::string> allow, deny;
  bool operator==(const NameLists&) const = default;
};
struct ModelsRule : NameLists {
  bool operator==(const ModelsRule&) const = default;
};
struct ToolsRule : NameLists {
  bool operator==(const ToolsRule&) const = default;
};

// A service of the operator's that decides.
struct WebhookRule {
  std::string url;
  bool allow_private = false;  // http, and loopback or private addresses, are allowed
  int64_t timeout_ms = 2000;
  bool fail_open = false;  // no answer in time counts as "allow", else as "block"
  bool operator==(const WebhookRule&) const = default;
};

using RuleKind = std::variant<RegexRule, KeywordsRule, PiiRule, SecretsRule, MaxPromptRule,
                              ModelsRule, ToolsRule, WebhookRule>;
// In the order of RuleKind's alternatives.
inline constexpr std::array<std::string_view, std::variant_size_v<RuleKind>> kKindNames = {
    "regex", "keywords", "pii", "secrets", "max_prompt", "models", "tools", "webhook"};

struct Rule {
  std::string name;  // unique in its project
  Where where = Where::Input;
  Action action = Action::Block;  // of webhooks: what it answers counts instead
  RuleKind kind;
  bool operator==(const Rule&) const = default;
};

inline constexpr size_t kMaxRules = 50;
inline constexpr size_t kMaxPatterns = 100;  // of a project's regex rules together
inline constexpr size_t kMaxMatch = 256;     // bytes; what a stream holds back at most

inline constexpr std::array<std::string_view, 3> kWhereNames = {"input", "output", "both"};
inline constexpr std::array<std::string_view, 3> kActionNames = {"block", "redact", "flag"};

inline std::string_view whereName(Where where) {
  return kWhereNames.at(static_cast<size_t>(where));
}
inline std::string_view actionName(Action action) {
  return kActionNames.at(static_cast<size_t>(action));
}
inline std::string_view kindName(const RuleKind& kind) { return kKindNames.at(kind.index()); }

inline bool looksAt(Where where, Phase phase) {
  return where == Where::Both || (where == Where::Input) == (phase == Phase::Input);
}

}  // namespace penstock::guard
