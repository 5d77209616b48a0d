#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guard/policy.h"
#include "guard/rule_json.h"

namespace penstock::test {

// Rules as the API takes them, compiled.
inline std::shared_ptr<const guard::Policy> policyOf(const std::string& rules) {
  const auto parsed = guard::parseRules(rules);
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  auto policy = guard::Policy::compile(*parsed, {});
  REQUIRE_MESSAGE(policy, policy.error().message);
  return *policy;
}

inline std::shared_ptr<const guard::Policy> redactAll() {
  return policyOf(R"([{"name":"p","kind":"pii","action":"redact"},
                      {"name":"s","kind":"secrets","action":"redact"}])");
}

// The text as the rules leave it.
inline std::string redacted(const guard::Policy& policy, std::string_view text) {
  const auto verdict = policy.checkText(guard::Phase::Output, text, "here");
  REQUIRE_FALSE(verdict.refusal);
  return verdict.rewritten.value_or(std::string(text));
}

// `kind` of the first finding, "" for none.
inline std::string firstKind(const guard::Policy& policy, std::string_view text) {
  const auto findings = policy.checkText(guard::Phase::Output, text, "here").findings;
  return findings.empty() ? "" : findings[0].kind;
}

}  // namespace penstock::test
