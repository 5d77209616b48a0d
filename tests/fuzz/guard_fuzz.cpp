// Guardrails with every detector of ours: what a stream lets through, however it is cut, is what
// the whole text becomes; what bodies become is JSON.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/targets.h"
#include "guard/policy.h"
#include "guard/stream_guard.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::fuzz {
namespace {

using namespace guard;

const std::shared_ptr<const Policy>& policy() {
  static const std::shared_ptr<const Policy> compiled = [] {
    const std::vector<Rule> rules = {
        {"personal", Where::Both, Action::Redact, PiiRule{}},
        {"secrets", Where::Both, Action::Redact, SecretsRule{}},
        {"words", Where::Both, Action::Redact, KeywordsRule{{"new york", "über", "日本"}, true}},
        {"mine", Where::Both, Action::Flag, RegexRule{{"a+b", "x.{2,9}y"}}},
        {"never", Where::Both, Action::Block, RegexRule{{"BLOCK[0-9]+"}}},
        {"tools", Where::Input, Action::Block, ToolsRule{{{}, {"rm*"}}}},
        {"long", Where::Input, Action::Flag, MaxPromptRule{{}, 100}},
    };
    auto made = Policy::compile(rules, {});
    require(made.has_value());
    return *std::move(made);
  }();
  return compiled;
}

// Only whole characters come in texts: JSON has been read before.
bool isText(std::string_view bytes) {
  return penstock::json::validate("\"" + std::string(bytes) + "\"").has_value() ||
         penstock::json::quoted(bytes).find("\xEF\xBF\xBD") == std::string::npos;
}

}  // namespace

void guardText(std::string_view bytes) {
  if (!isText(bytes)) return;
  const Verdict verdict = policy()->checkText(Phase::Output, bytes, "/x");
  for (const size_t step : {size_t{1}, size_t{5}, bytes.size() + 1}) {
    StreamGuard guard(policy(), "/x");
    std::string out;
    for (size_t at = 0; at < bytes.size(); at += step) out += guard.feed(bytes.substr(at, step));
    out += guard.finish();
    require(guard.refusal().has_value() == verdict.refusal.has_value());
    if (!verdict.refusal) require(out == verdict.rewritten.value_or(std::string(bytes)));
  }
}

void guardBody(std::string_view bytes) {
  if (!penstock::json::validate(bytes)) return;
  for (const Verdict& verdict :
       {policy()->checkRequest(bytes, "m"), policy()->checkResponse(bytes)})
    if (verdict.rewritten) require(penstock::json::validate(*verdict.rewritten).has_value());
}

}  // namespace penstock::fuzz
