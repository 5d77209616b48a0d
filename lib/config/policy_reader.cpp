#include "config/policy_reader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "config/policy_fields.h"
#include "config/slug.h"

namespace penstock::config {
namespace {

using Object = json::ObjectReader;

constexpr size_t kMaxRules = 100;

double readWeight(Object& object) {
  const auto weight = object.number("weight");
  if (!weight) return 1;
  if (!std::isfinite(*weight) || *weight <= 0 || *weight > 10'000) {
    object.fail("weight", "must be above 0 and at most 10000");
  }
  return *weight;
}

}  // namespace

std::optional<Policy> PolicyReader::read(std::string_view name, Object& config) {
  using Read = Policy (PolicyReader::*)(Object&);
  constexpr std::pair<std::string_view, Read> kReaders[] = {
      {"single", &PolicyReader::readSingle},
      {"fallback_chain", &PolicyReader::readFallbackChain},
      {"cost_optimized", &PolicyReader::readCostOptimized},
      {"latency_optimized", &PolicyReader::readLatencyOptimized},
      {"ensemble", &PolicyReader::readEnsemble},
      {"ab_test", &PolicyReader::readAbTest},
      {"cascade", &PolicyReader::readCascade},
      {"custom_rules", &PolicyReader::readCustomRules},
  };
  for (const auto& [known, reader] : kReaders) {
    if (known == name) return (this->*reader)(config);
  }
  return std::nullopt;
}

Policy PolicyReader::readSingle(Object& config) {
  SinglePolicy policy;
  policy.target = readTarget(config);
  policy.rules = readChainRules(config);
  return policy;
}

Policy PolicyReader::readFallbackChain(Object& config) {
  FallbackChain policy;
  config.textsOrObjects("models",
                        {[&](const std::string& text, const auto& fail) {
                           policy.models.push_back(readRouteText(text, fail));
                         },
                         [&](Object& object) {
                           policy.models.push_back(readRoute(object, Allow::TargetsAndConfigs));
                         }},
                        kMaxRoutes);
  requireSome(config, "models", policy.models, 1);
  policy.rules = readChainRules(config);
  return policy;
}

Policy PolicyReader::readCostOptimized(Object& config) {
  CostOptimized policy;
  policy.quality_tier = readTier(config);
  policy.allowed_models = readAllowed(config);
  policy.rules = readChainRules(config);
  return policy;
}

Policy PolicyReader::readLatencyOptimized(Object& config) {
  LatencyOptimized policy;
  policy.allowed_models = readAllowed(config);
  policy.window_seconds =
      config.integer("window_seconds", {.min = 10, .max = 3600}).value_or(policy.window_seconds);
  policy.min_samples =
      config.integer("min_samples", {.min = 1, .max = 200}).value_or(policy.min_samples);
  policy.rules = readChainRules(config);
  return policy;
}

Policy PolicyReader::readEnsemble(Object& config) {
  Ensemble policy;
  policy.aggregation = static_cast<Aggregation>(
      config
          .choice("aggregation", {"first_valid", "weighted_vote", "weighted_average", "llm_judge"})
          .value_or(0));
  config.textsOrObjects(
      "members",
      {[&](const std::string& text, const auto& fail) {
         policy.members.push_back({readRouteText(text, fail)});
       },
       [&](Object& object) {
         const double weight = readWeight(object);
         policy.members.push_back({readRoute(object, Allow::TargetsAndConfigs), weight});
       }},
      kMaxRoutes);
  requireSome(config, "members", policy.members, 2);
  policy.timeout_ms = config.integer("timeout_ms", kMillis).value_or(policy.timeout_ms);
  const bool has_judge = config.object("judge", [&](Object& judge) {
    policy.judge = Ensemble::Judge{};
    policy.judge->instructions = judge.string("instructions", kTextBounds).value_or("");
    policy.judge->target = readTarget(judge);
  });
  if (has_judge != (policy.aggregation == Aggregation::LlmJudge)) {
    config.fail("judge", has_judge ? "goes with llm_judge" : "is required by llm_judge");
  }
  return policy;
}

Policy PolicyReader::readAbTest(Object& config) {
  AbTest policy;
  std::set<std::string> names;
  config.objects(
      "variants",
      [&](Object& object) {
        const size_t place = policy.variants.size();
        AbTest::Variant variant;
        // control, variant_a, variant_b, … (spec/modelux.md 13.21)
        variant.name = place == 0 ? std::string("control")
                                  : "variant_" + std::string(1, static_cast<char>('a' + place - 1));
        if (auto name = object.string("name", kNameBounds)) variant.name = *std::move(name);
        if (!isSlug(variant.name)) object.fail("name", "must be made of a-z, 0-9, '-' and '_'");
        if (!names.insert(variant.name).second) object.fail("name", "is another variant's");
        variant.weight = object.integer("weight", {.min = 0, .max = 10'000}).value_or(1);
        variant.route = readRoute(object, Allow::Anything);
        policy.variants.push_back(std::move(variant));
      },
      26);
  requireSome(config, "variants", policy.variants, 1);
  const bool any = std::ranges::any_of(policy.variants, [](const auto& v) { return v.weight > 0; });
  if (!policy.variants.empty() && !any) config.fail("variants", "must not all have the weight 0");
  return policy;
}

Policy PolicyReader::readCascade(Object& config) {
  Cascade policy;
  config.textsOrObjects("steps",
                        {[&](const std::string& text, const auto& fail) {
                           policy.steps.push_back({readRouteText(text, fail), {}, {}});
                         },
                         [&](Object& object) {
                           Cascade::Step step;
                           step.accept = readAcceptance(object);
                           step.route = readRoute(object, Allow::TargetsAndConfigs);
                           policy.steps.push_back(std::move(step));
                         }},
                        kMaxRoutes);
  requireSome(config, "steps", policy.steps, 1);
  return policy;
}

Policy PolicyReader::readCustomRules(Object& config) {
  CustomRules policy;
  bool closed = false;  // by an else
  config.objects(
      "rules", [&](Object& object) { readRule(object, policy, closed); }, kMaxRules + 1);
  if (!config.has("rules")) {
    config.fail("rules", "is required");
  } else if (config.ok() && !closed) {
    config.fail("rules", "must end with {\"else\": …}");
  }
  return policy;
}

void PolicyReader::readRule(Object& object, CustomRules& policy, bool& closed) {
  if (closed) object.fail("", "comes after the else: no request gets to it");
  if (object.has("else")) {
    closed = true;
    policy.otherwise = readRouteAt(object, "else");
    return;
  }
  const std::string text = object.requireString("if", kTextBounds);
  Route then = readRouteAt(object, "then");
  if (text.empty()) return;
  auto condition = rules::compile(text);
  if (condition) {
    policy.rules.push_back({*std::move(condition), std::move(then)});
    return;
  }
  code_ = rules::RuleError::kCode;
  const rules::RuleError& error = condition.error();
  object.fail("if", error.message + " (at position " + std::to_string(error.position) + ")");
}

}  // namespace penstock::config
