// The second half of the reader: targets, routes, and when a reply is accepted.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "config/policy_fields.h"
#include "config/policy_reader.h"
#include "config/slug.h"
#include "json/schema.h"

namespace penstock::config {
namespace {

constexpr int kMaxDepth = 5;  // of policies written in each other
constexpr json::StringBounds kModelBounds{.min = 1, .max = 256};
constexpr json::IntRange kWeight{.min = 1, .max = 10'000};

void readTimeout(json::ObjectReader& object, std::optional<int64_t>& timeout_ms) {
  if (const auto limit = object.integer("timeout_ms", kMillis)) timeout_ms = limit;
}

void readLacks(json::ObjectReader& object, uint8_t& lacks) {
  constexpr std::array<std::string_view, 3> kLacks = {"tools", "vision", "json_schema"};
  const auto words = object.strings("lacks", {}, kLacks.size());
  if (!words) return;
  for (const std::string& word : *words) {
    const auto* const found = std::ranges::find(kLacks, word);
    if (found == kLacks.end()) {
      object.fail("lacks", "must be of tools, vision and json_schema");
    } else {
      lacks = static_cast<uint8_t>(lacks | (1U << (found - kLacks.begin())));
    }
  }
}

// One word of retry_on; false when it is none.
bool addRetry(RetryOn& on, const std::string& word) {
  if (word == "429") return on.rate_limits = true;
  if (word == "5xx") return on.server_errors = true;
  if (word == "timeout") return on.timeouts = true;
  if (word == "connection") return on.connection = true;
  if (word == "context_length") return on.context_length = true;
  if (word == "content_filter") return on.content_filter = true;
  const bool status = word.size() == 3 && (word[0] == '4' || word[0] == '5') &&
                      std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
  if (status) on.statuses.push_back(std::stoi(word));
  return status;
}

RetryOn readRetryOn(json::ObjectReader& config) {
  RetryOn on;
  const auto words = config.strings("retry_on", {.min = 1, .max = 32}, 32);
  if (!words) return on;
  on = {.rate_limits = false,
        .server_errors = false,
        .timeouts = false,
        .connection = false,
        .context_length = false};
  for (size_t i = 0; i < words->size(); ++i) {
    if (addRetry(on, (*words)[i])) continue;
    config.fail("retry_on",
                "must be 429, 5xx, timeout, connection, context_length, content_filter or a "
                "status such as 503",
                "/" + std::to_string(i));
  }
  // Whoever moves on after a time-out means a broken connection too (spec/modelux.md 13.16).
  on.connection = on.connection || on.timeouts;
  return on;
}

}  // namespace

PolicyTarget PolicyReader::readTarget(Object& object) {
  PolicyTarget target;
  target.model = object.requireString("model", kModelBounds);
  if (target.model.starts_with('@'))
    object.fail("model", "must be a model of a provider, not a routing config");
  readTimeout(object, target.timeout_ms);
  target.tier = readTier(object);
  readLacks(object, target.lacks);
  if (object.has("credentials")) {
    readCredentials(object, target);
  } else {
    resolve(object, target);
  }
  return target;
}

void PolicyReader::readCredentials(Object& object, PolicyTarget& target) {
  std::set<std::string> seen;
  object.objects(
      "credentials",
      [&](Object& item) {
        Credential credential;
        credential.provider_id = item.requireString("provider_credential_id", kNameBounds);
        credential.weight = item.integer("weight", kWeight).value_or(1);
        if (!credential.provider_id.empty() && !context_.has_provider(credential.provider_id)) {
          item.fail("provider_credential_id", "no such provider: " + credential.provider_id);
        } else if (!seen.insert(credential.provider_id).second) {
          item.fail("provider_credential_id", "is in the list already");
        }
        target.credentials.push_back(std::move(credential));
      },
      kMaxRoutes);
  if (object.ok() && target.credentials.empty()) object.fail("credentials", "must not be empty");
  if (object.has("provider_credential_id")) {
    object.fail("provider_credential_id", "give either it or credentials");
  }
  target.balance = static_cast<Balance>(
      object.choice("balance", {"weighted", "least_busy", "affinity"}).value_or(0));
}

// Finds the credential of a target that names one, or none and says in its model whose it is.
void PolicyReader::resolve(Object& object, PolicyTarget& target) {
  if (context_.resolve && !object.has("provider_credential_id")) {
    if (target.model.empty() || target.model.starts_with('@')) return;
    auto resolved = context_.resolve(target.model);
    if (!resolved) return object.fail("model", std::move(resolved).error().message);
    target.model = std::move(resolved->model);
    target.credentials = {{std::move(resolved->provider_id)}};
    return;
  }
  std::string id = object.requireString("provider_credential_id", kNameBounds);
  if (!id.empty() && !context_.has_provider(id)) {
    object.fail("provider_credential_id", "no such provider: " + id);
  }
  target.credentials = {{std::move(id)}};
}

std::vector<PolicyTarget> PolicyReader::readAllowed(Object& config) {
  std::vector<PolicyTarget> targets;
  config.textsOrObjects("allowed_models",
                        {[&](const std::string& text, const auto& fail) {
                           const Route route = readRouteText(text, fail);
                           if (const auto* target = std::get_if<PolicyTarget>(&route)) {
                             targets.push_back(*target);
                           } else {
                             fail("must be a model, not a routing config");
                           }
                         },
                         [&](Object& object) { targets.push_back(readTarget(object)); }},
                        kMaxRoutes);
  requireSome(config, "allowed_models", targets, 1);
  return targets;
}

ChainRules PolicyReader::readChainRules(Object& config) {
  ChainRules rules;
  rules.retry_on = readRetryOn(config);
  rules.total_budget_ms = config.integer("total_budget_ms", kMillis);
  config.object("hedge", [&](Object& object) {
    rules.hedge.emplace();
    rules.hedge->after_ms = object.requireInteger("after_ms", kMillis);
    rules.hedge->max_pct =
        object.integer("max_pct", {.min = 1, .max = 100}).value_or(rules.hedge->max_pct);
  });
  return rules;
}

// Routes

Route PolicyReader::readRoute(Object& object, Allow allow) {
  // "config" is a reference as a text, and the config of a policy that is written here.
  if (allow == Allow::Anything && object.has("policy")) return readInline(object);
  Route route = Refusal{};
  if (allow == Allow::Anything && object.has("block")) {
    object.object("block", [&](Object& block) {
      route = Refusal{block.requireString("message", {.min = 1, .max = 1024})};
    });
    return route;
  }
  const std::string_view key = object.has("config") ? "config" : "model";
  const auto value = object.value(key);
  const auto text = value ? value->asString() : std::nullopt;
  if (!text || (key == "model" && !text->starts_with('@'))) {
    if (key == "model") return readTarget(object);
    object.fail("config", "must be a routing config, \"@slug\"");
    return route;
  }
  ConfigReference reference{std::string(withoutAt(*text)), {}};
  if (!isSlug(reference.slug)) object.fail(key, "must be a routing config, \"@slug\"");
  readTimeout(object, reference.timeout_ms);
  return reference;
}

Route PolicyReader::readRouteAt(Object& object, std::string_view key) {
  Route route = Refusal{};
  const bool found = object.textOrObject(
      key, {[&](const std::string& text, const auto& fail) { route = readRouteText(text, fail); },
            [&](Object& inner) { route = readRoute(inner, Allow::Anything); }});
  if (!found) object.fail(key, "is required");
  return route;
}

// "@slug", or a model that says itself whose it is.
Route PolicyReader::readRouteText(const std::string& text,
                                  const std::function<void(std::string)>& fail) {
  if (text.starts_with('@')) {
    ConfigReference reference{text.substr(1), {}};
    if (!isSlug(reference.slug)) fail("is no slug of a routing config");
    return reference;
  }
  if (!context_.resolve) {
    fail("must be \"@slug\", or an object with model and provider_credential_id");
    return Refusal{};
  }
  auto resolved = context_.resolve(text);
  if (!resolved) {
    fail(std::move(resolved).error().message);
    return Refusal{};
  }
  return PolicyTarget{std::move(resolved->model), {{std::move(resolved->provider_id)}}};
}

Route PolicyReader::readInline(Object& object) {
  const std::string name = object.requireString("policy", kNameBounds);
  if (depth_ >= kMaxDepth) {
    object.fail("policy", "policies can be written in each other 5 deep");
    object.ignoreRest();
    return Refusal{};
  }
  ++depth_;
  std::optional<Policy> policy;
  object.requireObject("config", [&](Object& config) {
    policy = read(name, config);
    if (!policy) config.ignoreRest();
  });
  --depth_;
  if (policy) return std::make_shared<const InlinePolicy>(InlinePolicy{*std::move(policy)});
  object.fail("policy", "there is no such policy");
  return Refusal{};
}

// Acceptance

Acceptance PolicyReader::readAcceptance(Object& step) {
  Acceptance accept;
  step.object("accept", [&](Object& object) {
    accept.min_length = object.integer("min_length", {.min = 1, .max = 1'000'000});
    accept.json_valid = object.boolean("json_valid").value_or(false);
    accept.json_schema = readSchema(object, "json_schema", accept.json_schema_text);
    accept.regex = readPattern(object, "regex", accept.regex_text);
    accept.not_regex = readPattern(object, "not_regex", accept.not_regex_text);
    object.object("judge", [&](Object& judge) {
      accept.judge = Acceptance::Judge{};
      accept.judge->min_score = judge.number("min_score").value_or(0.5);
      if (!(accept.judge->min_score >= 0 && accept.judge->min_score <= 1)) {
        judge.fail("min_score", "must be between 0 and 1");
      }
      accept.judge->target = readTarget(judge);
    });
  });
  return accept;
}

std::optional<json::Schema> PolicyReader::readSchema(Object& object, std::string_view key,
                                                     std::string& text) {
  auto given = object.rawJson(key);
  if (!given) return std::nullopt;
  text = *std::move(given);
  auto schema = json::Schema::compile(text);
  if (schema) return *std::move(schema);
  object.fail(key, std::move(schema).error().message);
  return std::nullopt;
}

std::optional<rules::Pattern> PolicyReader::readPattern(Object& object, std::string_view key,
                                                        std::string& text) {
  auto given = object.string(key, {.min = 1, .max = rules::Pattern::kMaxLength});
  if (!given) return std::nullopt;
  text = *std::move(given);
  auto pattern = rules::Pattern::compile(text);
  if (pattern) return *std::move(pattern);
  object.fail(key, pattern.error());
  return std::nullopt;
}

}  // namespace penstock::config
