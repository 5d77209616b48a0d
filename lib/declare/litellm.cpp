#include "declare/litellm.h"

#include <algorithm>

#include "declare/environment.h"
#include "declare/litellm_keys.h"
#include "declare/litellm_routes.h"
#include "declare/reasons.h"
#include "declare/source_vendor.h"

namespace penstock::declare {
namespace {

constexpr std::string_view kReference = "os.environ/";

// What says how much of a model's traffic a deployment gets; the first that any of them has counts.
constexpr std::string_view kShares[] = {"weight", "rpm", "tpm"};

class LiteLlmImport {
 public:
  explicit LiteLlmImport(json::ValueRef config) : config_(config) {}

  void run() {
    if (const auto list = config_.find("model_list")) {
      for (size_t i = 0; i < list->size(); ++i) readEntry(list->at(i), below("/model_list", i));
    }
    importLiteLlmRoutes(config_, groups_, names, imported);
    for (const auto& [key, value] : config_.members()) {
      if (key == "model_list") continue;
      const bool section =
          key == "router_settings" || key == "litellm_settings" || key == "general_settings";
      if (section) {
        reportOthers(value, below("", key), liteLlmRoutingSettings(), imported.report);
      } else if (!saysNothing(value)) {
        note(below("", key), std::string(key), std::string(reasonFor(key)));
      }
    }
  }

  Imported imported;
  ModelNames names;

 private:
  void note(const std::string& where, const std::string& what, const std::string& why) {
    imported.report.push_back({where, what, why});
  }

  void readEntry(json::ValueRef entry, const std::string& where) {
    const std::string name(entry.stringAt("model_name").value_or(""));
    const auto params = entry.find("litellm_params");
    const std::string model(params ? params->stringAt("model").value_or("") : "");
    if (name.empty() || model.empty()) {
      return note(where, "the entry", "has no model_name or no litellm_params.model");
    }
    const std::string at = where + "/litellm_params";
    const auto [prefix, bare] = vendorAndModel(*params, model);
    const auto vendor = findSourceVendor(prefix);
    if (!vendor) return reportVendor(at + "/model", name, prefix);
    const auto provider = providerOf(*params, *vendor, at);
    if (!provider) return;
    const std::string_view version = takesVersion(*vendor) ? "api_version" : "model";
    reportOthers(*params, at,
                 {"model", "api_key", "api_base", "base_url", "custom_llm_provider", "weight",
                  "order", "timeout", version},
                 imported.report);
    reportOthers(entry, where, {"model_name", "litellm_params"}, imported.report);
    if (name.find('*') != std::string::npos) return addWildcard(name, *provider, where);
    Deployment deployment{
        .where = where, .model = servedModel(*vendor, bare), .provider = *provider};
    readShare(*params, at, deployment);
    groupOf(name).deployments.push_back(std::move(deployment));
  }

  // "groq/llama-3.1" → groq, llama-3.1; a bare "gpt-4o" → openai, gpt-4o.
  static std::pair<std::string, std::string> vendorAndModel(json::ValueRef params,
                                                            const std::string& model) {
    const size_t slash = model.find('/');
    const std::string prefix = slash == std::string::npos ? "" : model.substr(0, slash);
    const bool known = isVendorName(prefix);
    if (const auto custom = params.stringAt("custom_llm_provider")) {
      return {std::string(*custom), prefix == *custom ? model.substr(slash + 1) : model};
    }
    if (known) return {prefix, model.substr(slash + 1)};
    const std::string_view vendor = vendorOfBareName(model);
    return {std::string(vendor.empty() ? std::string_view(prefix) : vendor), model};
  }

  static std::string servedModel(const SourceVendor& vendor, const std::string& model) {
    // LiteLLM adds what Fireworks wants before the name.
    const bool short_name =
        vendor.vendor->id == "fireworks" && model.find('/') == std::string::npos;
    return short_name ? "accounts/fireworks/models/" + model : model;
  }

  void reportVendor(const std::string& where, const std::string& name, const std::string& prefix) {
    note(where, name,
         prefix.empty() ? "it does not say which provider serves the model"
                        : "the provider " + prefix + " " + std::string(whyNotCarriedOver(prefix)));
  }

  std::optional<std::string> providerOf(json::ValueRef params, const SourceVendor& vendor,
                                        const std::string& where) {
    Provider provider{.name = {}, .vendor = std::string(vendor.vendor->id)};
    const auto base =
        params.stringAt("api_base") ? params.stringAt("api_base") : params.stringAt("base_url");
    if (base && !base->empty()) {
      provider.base_url = baseUrl(vendor, referenceOf(*base, kReference));
    } else if (vendor.addressless) {
      note(where, std::string(vendor.vendor->id),
           "has no api_base, and there is no address to assume");
      return {};
    } else {
      provider.base_url = assumedUrl(*vendor.vendor);
    }
    provider.allow_private = isPrivateUrl(provider.base_url);
    if (const auto version = params.stringAt("api_version"); version && takesVersion(vendor)) {
      provider.api_version = referenceOf(*version, kReference);
    }
    readKey(params, vendor, base.has_value(), where, provider);
    return find(std::move(provider), vendor);
  }

  static bool takesVersion(const SourceVendor& vendor) {
    return vendor.vendor->family == model::Family::Azure;
  }

  // Ollama's own API is below its root, the one that OpenAI's clients speak below /v1.
  static std::string baseUrl(const SourceVendor& vendor, std::string url) {
    url = baseUrlOf(*vendor.vendor, std::move(url));
    const bool below_root = vendor.vendor->id == "ollama" && !url.ends_with("/v1");
    return below_root ? url + "/v1" : url;
  }

  void readKey(json::ValueRef params, const SourceVendor& vendor, bool own_address,
               const std::string& where, Provider& provider) {
    const auto key = params.stringAt("api_key");
    if (key && !key->empty()) {
      provider.api_key = referenceOf(*key, kReference);
      if (!key->starts_with(kReference)) {
        note(where + "/api_key", "the key itself",
             "it stands in the document in clear; put it into a variable and write ${NAME}");
      }
    } else if (!own_address && !vendor.vendor->variable.empty()) {
      provider.api_key = "${" + std::string(vendor.vendor->variable) + "}";
    } else if (!vendor.vendor->variable.empty()) {
      note(where, "api_key",
           "there is none, so none is sent; LiteLLM would send that of " +
               std::string(vendor.vendor->variable));
    }
  }

  std::string find(Provider provider, const SourceVendor& vendor) {
    for (const Provider& known : imported.document.providers) {
      provider.name = known.name;
      if (known == provider) return known.name;
    }
    provider.name = provider_slugs_.make(vendor.vendor->id, "provider");
    imported.document.providers.push_back(provider);
    return provider.name;
  }

  void addWildcard(const std::string& name, const std::string& provider, const std::string& where) {
    names.emplace(name, provider + "/*");
    note(where, name,
         "needs no routing config: clients ask for " + provider + "/MODEL, whatever the model");
  }

  void readShare(json::ValueRef params, const std::string& where, Deployment& deployment) {
    deployment.order = params.intAt("order").value_or(0);
    for (const std::string_view name : kShares) {
      const auto share = params.find(name);
      if (!deployment.weight && share) deployment.weight = share->asDouble();
    }
    const auto timeout = params.find("timeout");
    if (timeout) deployment.timeout_ms = timeoutMillis(*timeout);
    if (timeout && !deployment.timeout_ms && !saysNothing(*timeout)) {
      note(where + "/timeout", "the time-out", "must be more than 0 and at most 600 seconds");
    }
  }

  LiteLlmGroup& groupOf(const std::string& name) {
    const auto found = std::ranges::find(groups_, name, &LiteLlmGroup::name);
    if (found != groups_.end()) return *found;
    return groups_.emplace_back(LiteLlmGroup{name, {}});
  }

  json::ValueRef config_;
  std::vector<LiteLlmGroup> groups_;
  SlugMaker provider_slugs_;
};

}  // namespace

Result<Imported> importLiteLlm(json::ValueRef config, std::optional<json::ValueRef> keys,
                               UnixMillis now) {
  const bool fits = config.isObject() && (config.find("model_list") || keys);
  if (!fits) {
    return invalidRequest("invalid_source",
                          "this is no config.yaml of LiteLLM: it has no model_list");
  }
  LiteLlmImport import(config);
  import.run();
  if (keys) {
    auto read = importLiteLlmKeys(*keys, import.names, now, import.imported);
    if (!read) return std::move(read).error();
  }
  if (!import.imported.document.routing_configs.empty()) {
    import.imported.report.insert(
        import.imported.report.begin(),
        {"/model_list", "the names of models",
         "each is a routing config: where clients asked for NAME they ask for @NAME"});
  }
  return std::move(import.imported);
}

}  // namespace penstock::declare
