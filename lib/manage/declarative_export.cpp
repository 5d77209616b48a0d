#include <algorithm>
#include <map>
#include <tuple>

#include "json/document.h"
#include "manage/answers.h"
#include "manage/declarative.h"
#include "manage/declarative_budgets.h"
#include "manage/declarative_prices.h"
#include "manage/guardrails.h"
#include "manage/provider_credentials.h"
#include "manage/provider_names.h"
#include "manage/provider_settings.h"
#include "manage/routing_config_fields.h"

namespace penstock::manage {
namespace {

using Slugs = std::map<std::string, std::string>;  // of projects, by id

template <typename T, typename Key>
std::vector<T> sorted(std::vector<T> items, Key key) {
  std::stable_sort(items.begin(), items.end(),
                   [&](const T& a, const T& b) { return key(a) < key(b); });
  return items;
}

void writeSlugs(json::Writer& out, const std::vector<std::string>& ids, const Slugs& slugs) {
  std::vector<std::string> names;
  for (const std::string& id : ids) {
    if (const auto found = slugs.find(id); found != slugs.end()) names.push_back(found->second);
  }
  writeTexts(out, "project_ids", names);
}

void writeOrganization(json::Writer& out, const model::Organization& organization) {
  out.key("organization").beginObject().field("name", organization.name);
  out.field("slug", organization.slug);
  writeTexts(out, "ip_allowlist", organization.ip_allowlist);
  out.endObject();
}

void writeMembers(json::Writer& out, store::Tables& tables, const Slugs& slugs) {
  out.key("members").beginArray();
  for (const auto& member : sorted(tables.members.all(), [](const auto& m) { return m.email; })) {
    out.beginObject().field("email", member.email).field("name", member.name);
    out.field("role", model::roleName(member.role));
    writeSlugs(out, member.project_ids, slugs);
    out.endObject();
  }
  out.endArray();
}

void writeProjects(json::Writer& out, const std::vector<model::Project>& projects) {
  out.key("projects").beginArray();
  for (const auto& project : projects) {
    out.beginObject().field("slug", project.slug).field("name", project.name);
    out.field("description", project.description).key("settings").beginObject();
    out.field("auto_resolve_bare_model", project.settings.auto_resolve_bare_model);
    out.field("retain_payloads", project.settings.retain_payloads);
    out.field("unknown_model_policy", model::policyName(project.settings.unknown_model_policy));
    out.field("budget_bare_models", project.settings.budget_bare_models);
    out.field("unsupported_parameters", model::kUnsupportedParameters.at(static_cast<size_t>(
                                            project.settings.unsupported_parameters)));
    out.field("unknown_files",
              model::kUnknownFiles.at(static_cast<size_t>(project.settings.unknown_files)));
    writeGuardrails(out, project.settings);
    out.endObject().endObject();
  }
  out.endArray();
}

void writeProviders(json::Writer& out, const std::vector<model::Provider>& providers) {
  out.key("providers").beginArray();
  for (const auto& provider : providers) {
    out.beginObject().field("name", provider.name).field("vendor", provider.vendor);
    out.field("base_url", provider.base_url).field("private", provider.allow_private);
    writeGivenSettings(out, provider.settings);
    if (provider.credentials.kind != model::CredentialKind::ApiKey) {
      out.key("credentials");
      writeDeclaredCredentials(out, provider.credentials);
    }
    out.field("default", provider.is_default).field("default_model", provider.default_model);
    writeText(out, "quota_group", provider.quota_group);
    out.field("max_concurrency", provider.max_concurrency);
    out.field("probe_interval_seconds", provider.probe_interval_seconds);
    out.endObject();
  }
  out.endArray();
}

void writeConfigs(json::Writer& out, store::Tables& tables, const Slugs& slugs,
                  const ProviderNames& names) {
  const auto configs = sorted(tables.routing_configs.all(), [&](const auto& config) {
    return std::pair(slugs.at(config.project_id), config.slug);
  });
  out.key("routing_configs").beginArray();
  for (const auto& config : configs) {
    out.beginObject().field("project", slugs.at(config.project_id)).field("slug", config.slug);
    out.field("name", config.name).field("policy", config.policy);
    out.rawField("config", names.toNames(config.config_json));
    writeExtras(out, config.cache_json, config.embedding_dimensions);
    out.field("automatic", config.automatic).endObject();
  }
  out.endArray();
}

void writeKey(json::Writer& out, const model::ApiKey& key, const std::string& project,
              KeyHashes key_hashes) {
  out.beginObject().field("project", project).field("name", key.name);
  out.field("description", key.description).field("rate_limit_rpm", key.rate_limit_rpm);
  writeTexts(out, "allowed_models", key.allowed_models);
  writeTexts(out, "ip_allowlist", key.ip_allowlist);
  out.field("allow_provider_keys", key.allow_provider_keys);
  writeTime(out, "expires_at", key.expires_at);
  if (key_hashes == KeyHashes::Include) {
    out.field("hash", hex(key.hash)).field("prefix", key.prefix);
    out.field("last_four", key.last_four);
  }
  out.endObject();
}

void writeKeys(json::Writer& out, store::Tables& tables,
               const std::vector<model::Project>& projects, KeyHashes key_hashes) {
  out.key("api_keys").beginArray();
  for (const auto& project : projects) {
    const auto by_name = [](const auto& key) { return key.name; };  // then oldest first
    for (const auto& key : sorted(tables.api_keys.unrevokedOf(project.id), by_name)) {
      writeKey(out, key, project.slug, key_hashes);
    }
  }
  out.endArray();
}

void writeEndpoints(json::Writer& out, store::Tables& tables) {
  out.key("webhook_endpoints").beginArray();
  for (const auto& endpoint :
       sorted(tables.webhook_endpoints.all(), [](const auto& e) { return e.url; })) {
    out.beginObject().field("url", endpoint.url).field("description", endpoint.description);
    writeTexts(out, "event_types", endpoint.event_types);
    out.field("format", formatName(endpoint.format)).field("private", endpoint.allow_private);
    out.field("active", endpoint.active).endObject();
  }
  out.endArray();
}

void writeBudgets(json::Writer& out, store::Tables& tables, const Slugs& slugs) {
  const auto slug_of = [&](const model::Budget& budget) {
    return budget.project_id ? slugs.at(*budget.project_id) : std::string();
  };
  BudgetNames names(tables);
  out.key("budgets").beginArray();
  for (const auto& budget : sorted(tables.budgets.all(), [&](const auto& each) {
         return std::pair(slug_of(each), each.name);
       })) {
    if (names.canName(budget)) names.write(out, budget, slug_of(budget));
  }
  out.endArray();
}

}  // namespace

std::string exportDocument(store::Tables& tables, const std::string& organization_id,
                           const pricing::PriceCatalogue& catalogue, KeyHashes key_hashes) {
  const auto projects = sorted(tables.projects.all(), [](const auto& p) { return p.slug; });
  // Defaults first: until one has taken over, the vendor's default there cannot be given up.
  const auto providers = sorted(tables.providers.all(),
                                [](const auto& p) { return std::pair(!p.is_default, p.name); });
  Slugs slugs;
  for (const auto& project : projects) slugs.emplace(project.id, project.slug);
  std::string document;
  json::Writer out(document);
  out.beginObject().field("version", kDocumentVersion);
  writeOrganization(out, *tables.organizations.find(organization_id));
  writeMembers(out, tables, slugs);
  writeProjects(out, projects);
  writeProviders(out, providers);
  writeConfigs(out, tables, slugs, ProviderNames(providers));
  writeKeys(out, tables, projects, key_hashes);
  writeEndpoints(out, tables);
  writeBudgets(out, tables, slugs);
  writeDeclaredPrices(out, tables, catalogue);
  out.endObject();
  return document;
}

}  // namespace penstock::manage
