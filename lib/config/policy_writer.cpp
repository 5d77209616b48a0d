#include "config/policy_writer.h"

#include <utility>

#include "json/writer.h"

namespace penstock::config {
namespace {

void writeConfig(json::Writer& out, const Policy& policy);

template <typename T>
void writeIf(json::Writer& out, std::string_view key, const std::optional<T>& value) {
  if (value) out.field(key, *value);
}

void writeLacks(json::Writer& out, const PolicyTarget& target) {
  if (target.lacks == 0) return;
  out.key("lacks").beginArray();
  if (target.has(Lack::Tools)) out.value("tools");
  if (target.has(Lack::Vision)) out.value("vision");
  if (target.has(Lack::JsonSchema)) out.value("json_schema");
  out.endArray();
}

// The members of a target, inside an object.
void writeTarget(json::Writer& out, const PolicyTarget& target) {
  out.field("model", target.model);
  if (target.credentials.size() == 1 && target.credentials[0].weight == 1 &&
      target.balance == Balance::Weighted) {
    out.field("provider_credential_id", target.credentials[0].provider_id);
  } else {
    out.key("credentials").beginArray();
    for (const Credential& credential : target.credentials) {
      out.beginObject().field("provider_credential_id", credential.provider_id);
      out.field("weight", credential.weight).endObject();
    }
    out.endArray().field("balance", balanceName(target.balance));
  }
  writeIf(out, "timeout_ms", target.timeout_ms);
  if (target.tier) out.field("quality_tier", tierName(*target.tier));
  writeLacks(out, target);
}

// Under which name a reference stands: "model" in lists of models, "config" elsewhere.
void writeRoute(json::Writer& out, const Route& route, std::string_view reference_key) {
  if (const auto* target = std::get_if<PolicyTarget>(&route)) {
    writeTarget(out, *target);
  } else if (const auto* reference = std::get_if<ConfigReference>(&route)) {
    out.field(reference_key, "@" + reference->slug);
    writeIf(out, "timeout_ms", reference->timeout_ms);
  } else if (const auto* written = std::get_if<std::shared_ptr<const InlinePolicy>>(&route)) {
    out.field("policy", policyName((*written)->policy)).key("config");
    writeConfig(out, (*written)->policy);
  } else {
    out.key("block").beginObject().field("message", std::get<Refusal>(route).message).endObject();
  }
}

// A reference alone is a text, as people write it.
void writeOutcome(json::Writer& out, const Route& route) {
  const auto* reference = std::get_if<ConfigReference>(&route);
  if (reference != nullptr && !reference->timeout_ms) {
    out.value("@" + reference->slug);
    return;
  }
  out.beginObject();
  writeRoute(out, route, "config");
  out.endObject();
}

void writeRetryOn(json::Writer& out, const RetryOn& on) {
  if (on == RetryOn()) return;
  out.key("retry_on").beginArray();
  const std::pair<bool, const char*> words[] = {{on.rate_limits, "429"},
                                                {on.server_errors, "5xx"},
                                                {on.timeouts, "timeout"},
                                                {on.connection, "connection"},
                                                {on.context_length, "context_length"},
                                                {on.content_filter, "content_filter"}};
  for (const auto& [is_on, word] : words) {
    if (is_on) out.value(word);
  }
  for (const int status : on.statuses) out.value(std::to_string(status));
  out.endArray();
}

void writeChainRules(json::Writer& out, const ChainRules& rules) {
  writeRetryOn(out, rules.retry_on);
  writeIf(out, "total_budget_ms", rules.total_budget_ms);
  if (!rules.hedge) return;
  out.key("hedge").beginObject().field("after_ms", rules.hedge->after_ms);
  out.field("max_pct", rules.hedge->max_pct).endObject();
}

void writeAllowed(json::Writer& out, const std::vector<PolicyTarget>& targets) {
  out.key("allowed_models").beginArray();
  for (const PolicyTarget& target : targets) {
    out.beginObject();
    writeTarget(out, target);
    out.endObject();
  }
  out.endArray();
}

void write(json::Writer& out, const SinglePolicy& policy) {
  writeTarget(out, policy.target);
  writeChainRules(out, policy.rules);
}

void write(json::Writer& out, const FallbackChain& policy) {
  out.key("models").beginArray();
  for (const Route& route : policy.models) {
    out.beginObject();
    writeRoute(out, route, "model");
    out.endObject();
  }
  out.endArray();
  writeChainRules(out, policy.rules);
}

void write(json::Writer& out, const CostOptimized& policy) {
  if (policy.quality_tier) out.field("quality_tier", tierName(*policy.quality_tier));
  writeAllowed(out, policy.allowed_models);
  writeChainRules(out, policy.rules);
}

void write(json::Writer& out, const LatencyOptimized& policy) {
  writeAllowed(out, policy.allowed_models);
  out.field("window_seconds", policy.window_seconds).field("min_samples", policy.min_samples);
  writeChainRules(out, policy.rules);
}

void write(json::Writer& out, const Ensemble& policy) {
  out.field("aggregation", aggregationName(policy.aggregation)).key("members").beginArray();
  for (const Ensemble::Member& member : policy.members) {
    out.beginObject();
    writeRoute(out, member.route, "model");
    out.field("weight", member.weight).endObject();
  }
  out.endArray();
  if (policy.judge) {
    out.key("judge").beginObject();
    writeTarget(out, policy.judge->target);
    if (!policy.judge->instructions.empty()) out.field("instructions", policy.judge->instructions);
    out.endObject();
  }
  out.field("timeout_ms", policy.timeout_ms);
}

void write(json::Writer& out, const AbTest& policy) {
  out.key("variants").beginArray();
  for (const AbTest::Variant& variant : policy.variants) {
    out.beginObject().field("name", variant.name).field("weight", variant.weight);
    writeRoute(out, variant.route, "config");
    out.endObject();
  }
  out.endArray();
}

void writeAcceptance(json::Writer& out, const Acceptance& accept) {
  out.key("accept").beginObject();
  writeIf(out, "min_length", accept.min_length);
  if (accept.json_valid) out.field("json_valid", true);
  if (accept.json_schema) out.rawField("json_schema", accept.json_schema_text);
  if (accept.regex) out.field("regex", accept.regex_text);
  if (accept.not_regex) out.field("not_regex", accept.not_regex_text);
  if (accept.judge) {
    out.key("judge").beginObject();
    writeTarget(out, accept.judge->target);
    out.field("min_score", accept.judge->min_score).endObject();
  }
  out.endObject();
}

void write(json::Writer& out, const Cascade& policy) {
  out.key("steps").beginArray();
  for (const Cascade::Step& step : policy.steps) {
    out.beginObject();
    writeRoute(out, step.route, "model");
    writeAcceptance(out, step.accept);
    out.endObject();
  }
  out.endArray();
}

void write(json::Writer& out, const CustomRules& policy) {
  out.key("rules").beginArray();
  for (const CustomRules::Rule& rule : policy.rules) {
    out.beginObject().field("if", rule.condition.text()).key("then");
    writeOutcome(out, rule.then);
    out.endObject();
  }
  out.beginObject().key("else");
  writeOutcome(out, policy.otherwise);
  out.endObject().endArray();
}

// Policies are written in each other a few deep: the reader saw to that.
void writeConfig(json::Writer& out, const Policy& policy) {
  out.beginObject();
  std::visit([&out](const auto& one) { write(out, one); }, policy);
  out.endObject();
}

}  // namespace

std::string writePolicyConfig(const Policy& policy) {
  std::string text;
  json::Writer out(text);
  writeConfig(out, policy);
  return text;
}

}  // namespace penstock::config
