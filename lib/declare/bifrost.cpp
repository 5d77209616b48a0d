#include "declare/bifrost.h"

#include <algorithm>
#include <map>

#include "declare/bifrost_keys.h"
#include "declare/deployments.h"
#include "declare/environment.h"
#include "declare/reasons.h"
#include "declare/source_vendor.h"

namespace penstock::declare {
namespace {

constexpr std::string_view kReference = "env.";

// A setting that may be text, "env.NAME" or {"value", "env_var", "from_env"}.
std::string textOf(std::optional<json::ValueRef> value) {
  if (!value) return {};
  if (const auto text = value->asString()) return referenceOf(*text, kReference);
  const auto variable = value->stringAt("env_var");
  if (variable && !variable->empty()) {
    const bool prefixed = variable->starts_with(kReference);
    return referenceOf((prefixed ? "" : std::string(kReference)) + std::string(*variable),
                       kReference);
  }
  return referenceOf(value->stringAt("value").value_or(""), kReference);
}

class BifrostImport {
 public:
  void run(json::ValueRef config) {
    if (const auto providers = config.find("providers")) {
      for (const auto& [name, provider] : providers->members()) {
        readProvider(std::string(name), provider, below("/providers", name));
      }
    }
    addAliases();
    const auto governance = config.find("governance");
    const bool empty_is_all = config.intAt("version") == 1;
    if (governance) importBifrostGovernance(*governance, names_, empty_is_all, imported);
    reportOthers(config, "", {"$schema", "version", "providers", "governance"}, imported.report);
  }

  Imported imported;

 private:
  void note(const std::string& where, const std::string& what, const std::string& why) {
    imported.report.push_back({where, what, why});
  }

  void readProvider(const std::string& name, json::ValueRef entry, const std::string& where) {
    const auto custom = entry.find("custom_provider_config");
    const std::string type(custom ? custom->stringAt("base_provider_type").value_or(name) : name);
    const auto vendor = findSourceVendor(type);
    if (!vendor) return note(where, name, std::string(whyNotCarriedOver(type)));
    const auto base = baseUrl(entry, *vendor, where);
    if (!base) return;
    reportSettings(entry, where);
    const std::string ours(vendor->vendor->id);
    const auto keys = entry.find("keys");
    if (!keys || keys->size() == 0) {
      add(name, name, {.name = {}, .vendor = ours, .base_url = *base});
      return;
    }
    for (size_t i = 0; i < keys->size(); ++i) {
      const Provider unkeyed{.name = {}, .vendor = ours, .base_url = *base};
      readKey(name, keys->at(i), *vendor, unkeyed, below(where + "/keys", i));
    }
  }

  // Bifrost's base_url is what comes before /v1/chat/completions; ours of OpenAI's API is what
  // comes before /chat/completions. Azure's is said with each key.
  std::optional<std::string> baseUrl(json::ValueRef entry, const SourceVendor& vendor,
                                     const std::string& where) {
    const auto network = entry.find("network_config");
    const std::string url =
        baseUrlOf(*vendor.vendor, textOf(network ? network->find("base_url") : std::nullopt));
    if (!url.empty()) {
      const bool complete = vendor.vendor->family != model::Family::OpenAi ||
                            url.ends_with("/v1") || vendor.vendor->id == "perplexity";
      return complete ? url : url + "/v1";
    }
    if (!vendor.addressless || isAzure(vendor)) return std::string(assumedUrl(*vendor.vendor));
    noteNoAddress(vendor, where);
    return {};
  }

  static bool isAzure(const SourceVendor& vendor) {
    return vendor.vendor->family == model::Family::Azure;
  }

  void noteNoAddress(const SourceVendor& vendor, const std::string& where) {
    note(where, std::string(vendor.vendor->id),
         "has no base_url, and there is no address to assume");
  }

  // False when the key does not say where its resource is.
  bool readAzure(json::ValueRef key, const SourceVendor& vendor, const std::string& where,
                 Provider& ours) {
    if (const auto azure = key.find("azure_key_config")) {
      const std::string endpoint = textOf(azure->find("endpoint"));
      if (!endpoint.empty()) ours.base_url = baseUrlOf(*vendor.vendor, endpoint);
      ours.api_version = textOf(azure->find("api_version"));
      if (const auto deployments = azure->find("deployments")) {
        for (const auto& [model, deployment] : deployments->members()) {
          ours.deployments.emplace(model, deployment.asString().value_or(model));
        }
      }
      reportOthers(*azure, where + "/azure_key_config", {"endpoint", "api_version", "deployments"},
                   imported.report);
    }
    if (ours.base_url.empty()) noteNoAddress(vendor, where);
    return !ours.base_url.empty();
  }

  void reportSettings(json::ValueRef entry, const std::string& where) {
    reportOthers(entry, where, {"keys", "network_config", "custom_provider_config"},
                 imported.report);
    for (const char* section : {"network_config", "custom_provider_config"}) {
      const auto value = entry.find(section);
      if (!value) continue;
      reportOthers(*value, where + "/" + section, {"base_url", "base_provider_type", "is_key_less"},
                   imported.report);
    }
  }

  void readKey(const std::string& provider, json::ValueRef key, const SourceVendor& vendor,
               Provider ours, const std::string& where) {
    if (isAzure(vendor) && !readAzure(key, vendor, where, ours)) return;
    const bool first = names_[provider].empty();
    const std::string key_name(key.stringAt("name").value_or(""));
    ours.api_key = textOf(key.find("value"));
    const bool clear = !ours.api_key.empty() && ours.api_key.find("${") != 0;
    if (clear) {
      note(where + "/value", "the key itself",
           "it stands in the document in clear; put it into a variable and write ${NAME}");
    }
    const std::string name = add(provider, first ? provider : provider + "-" + key_name, ours);
    if (!first) {
      note(where, key_name.empty() ? "a further key" : key_name,
           "is the provider " + name + "; " + std::string(reasonFor("weight")));
    }
    const auto models = key.find("models");
    const bool some = models && models->size() > 0 && models->at(0).asString() != "*";
    if (some) {
      note(where + "/models", "models",
           "a provider serves whatever model it is asked for; limit keys by allowed_models");
    }
    readAliases(key, name, where);
    reportOthers(key, where,
                 {"id", "name", "value", "models", "aliases", "weight", "azure_key_config"},
                 imported.report);
  }

  std::string add(const std::string& provider, const std::string& wanted, Provider ours) {
    ours.allow_private = isPrivateUrl(ours.base_url);
    ours.name = provider_slugs_.make(wanted, "provider");
    names_[provider].push_back(ours.name);
    imported.document.providers.push_back(ours);
    return ours.name;
  }

  void readAliases(json::ValueRef key, const std::string& provider, const std::string& where) {
    const auto aliases = key.find("aliases");
    if (!aliases) return;
    const auto weight = key.find("weight");
    for (const auto& [alias, model] : aliases->members()) {
      aliases_[std::string(alias)].push_back(
          {.where = below(where + "/aliases", alias),
           .model = std::string(model.asString().value_or("")),
           .provider = provider,
           .weight = weight ? weight->asDouble() : std::nullopt});
    }
  }

  // An alias of several keys spreads over them by their weights.
  void addAliases() {
    for (const auto& [alias, deployments] : aliases_) {
      const std::string& where = deployments.front().where;
      RoutingConfig config{.slug = config_slugs_.make(alias, "model"), .name = alias};
      config.targets = targetsOf(deployments);
      if (config.targets.size() > 1) {
        config.policy = "fallback_chain";
        note(where, alias, "its keys serve different models: they are asked in their order");
      }
      note(where, alias, "clients ask for @" + config.slug);
      imported.document.routing_configs.push_back(std::move(config));
    }
  }

  std::map<std::string, std::vector<Deployment>> aliases_;
  ProviderNames names_;
  SlugMaker provider_slugs_;
  SlugMaker config_slugs_;
};

}  // namespace

Result<Imported> importBifrost(json::ValueRef config) {
  const auto providers = config.find("providers");
  const bool fits = providers && providers->isObject();
  if (!fits) {
    return invalidRequest("invalid_source",
                          "this is no config.json of Bifrost: it has no providers");
  }
  BifrostImport import;
  import.run(config);
  return std::move(import.imported);
}

}  // namespace penstock::declare
