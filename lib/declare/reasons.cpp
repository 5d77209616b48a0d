#include "declare/reasons.h"

#include <algorithm>

namespace penstock::declare {
namespace {

struct Reason {
  std::string_view part;  // of the setting's name
  std::string_view why;
};

constexpr std::string_view kPolicies = "say it in a routing config; see penstock route create";
constexpr std::string_view kSpread =
    "to spread requests over it, list it in the credentials of a routing config";
constexpr std::string_view kRetries =
    "retries and cool-downs follow what the provider answers, and a chain's retry_on";
constexpr std::string_view kTimeouts = "a target of a routing config has one time-out, timeout_ms";
constexpr std::string_view kCache =
    "each routing config has a cache of its own or none; see penstock route update --cache";
constexpr std::string_view kExport =
    "what leaves are OpenTelemetry spans, /metrics and webhooks; see serve --otlp-endpoint";
constexpr std::string_view kBudgets =
    "only budgets of single keys are carried over; penstock budget create makes others";
constexpr std::string_view kTokens =
    "only limits of single keys are carried over; see penstock budget create --unit tokens";
constexpr std::string_view kProviderLimits =
    "only limits of single keys are carried over; see penstock budget create --unit requests";
constexpr std::string_view kTeams =
    "there are no teams; everything goes to the project default, move it where it belongs";
constexpr std::string_view kCredentials =
    "credentials that are more than a key are said to the provider; see penstock provider add";
constexpr std::string_view kSecrets =
    "Penstock makes its own keys; see penstock management-key create";
constexpr std::string_view kStore = "Penstock keeps its own store in its data folder";
constexpr std::string_view kGuards =
    "guardrails are settings of a project; see penstock project update --guardrails";
constexpr std::string_view kPrices =
    "prices come from the built-in catalogue; see penstock prices set";

// The first that the name contains counts.
constexpr Reason kReasons[] = {
    {"fallback", kPolicies},
    {"budget", kBudgets},
    {"routing", kPolicies},
    {"weight", kSpread},
    {"order", kPolicies},
    {"pre_call_checks", kPolicies},
    {"retry", kRetries},
    {"retries", kRetries},
    {"cooldown", kRetries},
    {"allowed_fails", kRetries},
    {"timeout", kTimeouts},
    {"cache", kCache},
    {"redis", kCache},
    {"vector_store", kCache},
    {"callback", kExport},
    {"langfuse", kExport},
    {"alerting", kExport},
    {"otel", kExport},
    {"spend", kBudgets},
    {"tpm", kTokens},
    {"token_max", kTokens},
    {"max_limit", kBudgets},
    {"rpm", kProviderLimits},
    {"rate_limit", kProviderLimits},
    {"max_parallel_requests", kProviderLimits},
    {"concurrency", kProviderLimits},
    {"team", kTeams},
    {"customer", kTeams},
    {"user_id", kTeams},
    {"organization", kTeams},
    {"azure_ad_token", kCredentials},
    {"tenant_id", kCredentials},
    {"client_id", kCredentials},
    {"client_secret", kCredentials},
    {"vertex", kCredentials},
    {"aws", kCredentials},
    {"master_key", kSecrets},
    {"salt_key", kSecrets},
    {"encryption_key", kSecrets},
    {"auth_config", kSecrets},
    {"database", kStore},
    {"store", kStore},
    {"guardrail", kGuards},
    {"plugin", kGuards},
    {"mcp", kGuards},
    {"cost_per", kPrices},
    {"pricing", kPrices},
    {"model_info", "what a model can and costs comes from the built-in catalogue"},
    {"api_version", "only Azure needs one; see penstock provider add --api-version"},
    {"environment_variables", "set them where penstock apply runs"},
    {"pass_through", "every route goes through the one pipeline; there is no pass-through"},
    {"metadata", "keys hold no metadata; name and description do"},
    {"aliases", "make a routing config with the alias as its slug"},
    {"blocked", "a blocked key is not carried over"},
};

}  // namespace

std::string_view reasonFor(std::string_view setting) {
  const auto* row = std::ranges::find_if(kReasons, [&](const Reason& reason) {
    return setting.find(reason.part) != std::string_view::npos;
  });
  return row == std::end(kReasons) ? "Penstock has no such setting" : row->why;
}

bool saysNothing(json::ValueRef value) {
  if (value.isNull() || value.asBool() == false || value.asDouble() == 0.0) return true;
  if (const auto text = value.asString()) return text->empty();
  return (value.isObject() || value.isArray()) && value.size() == 0;
}

void reportOthers(json::ValueRef object, const std::string& where,
                  std::span<const std::string_view> known, std::vector<Note>& report,
                  const std::string& source) {
  for (const auto& [key, value] : object.members()) {
    if (saysNothing(value) || std::ranges::find(known, key) != known.end()) continue;
    report.push_back({below(where, key), std::string(key), std::string(reasonFor(key)), source});
  }
}

}  // namespace penstock::declare
