#include "manage/guardrails.h"

#include <utility>

#include "guard/rule_json.h"
#include "webhook/sign.h"

namespace penstock::manage {
namespace {

const guard::WebhookRule* asWebhook(const guard::Rule& rule) {
  return std::get_if<guard::WebhookRule>(&rule.kind);
}

}  // namespace

void readGuardrails(json::ObjectReader& settings, model::ProjectSettings& now) {
  constexpr std::string_view kField = "guardrails";
  if (!settings.has(kField)) return;
  auto secrets = now.guardrail_secrets;
  const auto rules = guard::readRules(settings, kField, secrets);
  now.guardrails = rules.empty() ? "" : guard::writeRules(rules);
  now.guardrail_secrets.clear();
  for (const guard::Rule& rule : rules) {
    const auto secret = secrets.find(rule.name);
    if (asWebhook(rule) != nullptr && secret != secrets.end()) {
      now.guardrail_secrets.insert(*secret);
    }
  }
}

void writeGuardrails(json::Writer& out, const model::ProjectSettings& settings) {
  out.rawField("guardrails", settings.guardrails.empty() ? "[]" : settings.guardrails);
}

std::vector<GuardrailSecret> completeSecrets(model::ProjectSettings& settings) {
  std::vector<GuardrailSecret> made;
  if (settings.guardrails.empty()) return made;
  const auto rules = guard::parseRules(settings.guardrails).value();
  for (const guard::Rule& rule : rules) {
    const guard::WebhookRule* hook = asWebhook(rule);
    if (hook == nullptr || settings.guardrail_secrets.contains(rule.name)) continue;
    made.push_back({rule.name, hook->url, webhook::newSigningSecret()});
    settings.guardrail_secrets.emplace(rule.name, made.back().value);
  }
  return made;
}

}  // namespace penstock::manage
