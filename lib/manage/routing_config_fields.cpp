#include "manage/routing_config_fields.h"

#include "base/text.h"
#include "config/cache_rules.h"
#include "config/policy.h"
#include "config/slug.h"
#include "config/strategy_form.h"
#include "config/target_resolver.h"

#include "manage/body.h"
#include "manage/errors.h"
#include "manage/query.h"

namespace penstock::manage {
namespace {

constexpr json::StringBounds kPolicyBounds{.min = 1, .max = 64};

// What configs say beside their policy; null takes it away.
void readExtras(json::ObjectReader& body, model::RoutingConfig& config) {
  if (body.isNull("cache")) {
    config.cache_json.clear();
  } else {
    body.object("cache", [&](json::ObjectReader& cache) {
      const config::CacheRules rules = config::readCacheRules(cache);
      if (cache.ok()) config.cache_json = config::cacheRulesJson(rules);
    });
  }
  readLimit(body, "embedding_dimensions", config::kEmbeddingDimensions,
            config.embedding_dimensions);
}

// The fields that a new config and an edit have in common. True when policy or config was named.
bool readFields(json::ObjectReader& body, ConfigEdit& edit) {
  if (auto name = body.string("name", kName)) edit.config.name = std::move(*name);
  edit.note = body.string("note", kDescription).value_or("");
  readExtras(body, edit.config);
  const bool has_policy = body.has("policy");
  if (auto policy = body.string("policy", kPolicyBounds)) edit.config.policy = std::move(*policy);
  auto json = body.rawJson("config");
  const bool has_config = json.has_value();
  if (json) edit.config.config_json = *std::move(json);
  return has_policy || has_config;
}

// Puts the policy's JSON in canonical form.
Status checkPolicy(model::RoutingConfig& config, const config::PolicyContext& context) {
  auto parsed = config::parsePolicy(config.policy, config.config_json, context);
  if (!parsed) return std::move(parsed).error();
  config.config_json = std::move(parsed->config_json);
  return Unit{};
}

void readConfigSlug(json::ObjectReader& body, model::RoutingConfig& config) {
  if (const auto slug = body.string("slug", {.min = 1, .max = 64})) {
    config.slug = config::withoutAt(*slug);
    if (!config::isSlug(config.slug)) {
      body.fail("slug", "must be made of a-z, 0-9, '-' and '_', at most 63 characters");
    }
  } else if (!body.has("slug") && !config.name.empty()) {
    config.slug = config::slugOf(config.name);
    if (config.slug.empty()) body.fail("slug", "is required: the name has no letter or digit");
  }
}

}  // namespace

Result<ConfigEdit> readNewConfig(json::ValueRef root, const Call& call) {
  json::ObjectReader body(root);
  ConfigEdit edit;
  if (const model::Project* project = readProject(body, call)) {
    edit.config.project_id = project->id;
  }
  for (const char* key : {"name", "policy", "config"}) requireField(body, key);
  readFields(body, edit);
  readConfigSlug(body, edit.config);
  Status policy = Unit{};
  if (!edit.config.policy.empty() && !edit.config.config_json.empty()) {
    policy = checkPolicy(edit.config, config::policyContext(*call.config));
  }
  if (auto all = bothHold(body.finish(), std::move(policy)); !all) return std::move(all).error();
  return edit;
}

Result<ConfigEdit> readConfigEdit(json::ValueRef root, model::RoutingConfig head,
                                  const Call& call) {
  json::ObjectReader body(root);
  ConfigEdit edit{.config = std::move(head), .note = {}};
  // Whoever saves it means it: it no longer follows the first real provider.
  edit.config.automatic = false;
  edit.expected_version = body.integer("expected_version", {.min = 1});
  Status policy = Unit{};
  if (readFields(body, edit))
    policy = checkPolicy(edit.config, config::policyContext(*call.config));
  if (auto all = bothHold(body.finish(), std::move(policy)); !all) return std::move(all).error();
  return edit;
}

Result<json::Document> readConfigBody(const http::Request& request) {
  static constexpr std::string_view kEnvelope[] = {
      "project_id", "name", "slug", "note", "expected_version", "cache", "embedding_dimensions"};
  auto document = readBody(request);
  if (!document || !config::isStrategyForm(document->root())) return document;
  const auto form = config::fromStrategyForm(document->root(), kEnvelope);
  if (!form) return form.error();
  std::string body;
  json::Writer out(body);
  out.beginObject().field("policy", form->policy).rawField("config", form->config_json);
  for (const auto& [key, value] : document->root().members()) {
    for (const std::string_view name : kEnvelope) {
      if (key == name || key == json::camelCase(name)) out.rawField(key, value.text());
    }
  }
  out.endObject();
  return json::parse(body);
}

void readDeclaredConfig(json::ObjectReader& item, model::RoutingConfig& config,
                        const ProviderNames& names, const config::PolicyContext& context) {
  const model::RoutingConfig before = config;
  if (auto name = item.string("name", kName)) config.name = *std::move(name);
  if (config.name.empty()) config.name = config.slug;
  if (auto policy = item.string("policy", kPolicyBounds)) config.policy = *std::move(policy);
  if (const auto value = item.value("config")) config.config_json = names.toIds(*value);
  readExtras(item, config);
  const auto automatic = item.boolean("automatic");
  if (config.policy.empty()) item.fail("policy", "is required");
  if (config.config_json.empty()) item.fail("config", "is required");
  if (!item.ok()) return;
  if (auto good = checkPolicy(config, context); !good) {
    for (const FieldError& field : good.error().fields) {
      item.fail("", field.message, field.param);
    }
    if (good.error().fields.empty()) item.fail("config", good.error().message);
  }
  config.automatic = automatic.value_or(config == before && before.automatic);
}

void writeExtras(json::Writer& out, std::string_view cache_json,
                 std::optional<int64_t> embedding_dimensions) {
  out.rawField("cache", cache_json.empty() ? "null" : cache_json);
  out.field("embedding_dimensions", embedding_dimensions);
}

}  // namespace penstock::manage
