#include "declare/bifrost_keys.h"

#include <algorithm>
#include <set>

#include "declare/key_budgets.h"
#include "declare/reasons.h"

namespace penstock::declare {
namespace {

constexpr const char* kSource = "config";

class VirtualKeys {
 public:
  VirtualKeys(json::ValueRef governance, const ProviderNames& providers, bool empty_is_all,
              Imported& imported)
      : governance_(governance),
        providers_(providers),
        empty_is_all_(empty_is_all),
        imported_(imported) {}

  void run() {
    const auto keys = governance_.find("virtual_keys");
    for (size_t i = 0; keys && i < keys->size(); ++i) {
      readKey(keys->at(i), below("/governance/virtual_keys", i));
    }
    reportOtherBudgets();
    if (!names_.empty()) {
      note(
          "/governance/virtual_keys", "the secrets of " + std::to_string(names_.size()) + " keys",
          "a key of Penstock begins with mlx_sk_: each gets a new secret, which apply prints once");
    }
  }

 private:
  void note(const std::string& where, const std::string& what, const std::string& why) {
    imported_.report.push_back({where, what, why});
  }

  void readKey(json::ValueRef entry, const std::string& where) {
    ApiKey key;
    key.name = entry.stringAt("name").value_or(entry.stringAt("id").value_or("bifrost-key"));
    key.description = entry.stringAt("description").value_or("");
    const auto active = entry.find("is_active");
    if (active && active->asBool() == false) {
      return note(where, key.name, "is inactive, and is not carried over");
    }
    if (!readModels(entry, where, key)) return;
    const std::string name = key.name;
    for (int n = 2; !names_.insert(key.name).second; ++n) key.name = name + "-" + std::to_string(n);
    readLimit(entry, where, key);
    readBudgets(entry, where, key.name);
    reportOthers(entry, where,
                 {"id", "name", "description", "value", "is_active", "provider_configs",
                  "allowed_models", "allowed_providers", "rate_limit_id", "budget_id"},
                 imported_.report);
    imported_.document.api_keys.push_back(std::move(key));
  }

  // False when the key would get to use more than it could.
  bool readModels(json::ValueRef entry, const std::string& where, ApiKey& key) {
    bool everything = false;
    const auto configs = entry.find("provider_configs");
    const auto older = entry.find("allowed_providers");
    if (configs && configs->size() > 0) {
      for (size_t i = 0; i < configs->size(); ++i) {
        readProviderConfig(configs->at(i), below(where + "/provider_configs", i), key);
      }
    } else if (older && older->size() > 0) {
      for (size_t i = 0; i < older->size(); ++i) {
        allow(older->at(i).asString().value_or(""), entry.find("allowed_models"),
              below(where + "/allowed_providers", i), key);
      }
    } else {
      everything = empty_is_all_;
    }
    if (everything || !key.allowed_models.empty()) return true;
    note(where, key.name, "none of its models is carried over, so neither is the key");
    return false;
  }

  void readProviderConfig(json::ValueRef config, const std::string& where, ApiKey& key) {
    allow(config.stringAt("provider").value_or(""), config.find("allowed_models"), where, key);
    for (const char* field : {"key_ids", "keys"}) {
      const auto keys = config.find(field);
      const bool some = keys && keys->size() > 0 && keys->at(0).asString() != "*";
      if (some) {
        note(where + "/" + field, field,
             "a key cannot be tied to single keys of a provider; it is allowed all of them");
      }
    }
    reportOthers(config, where, {"provider", "allowed_models", "key_ids", "keys"},
                 imported_.report);
  }

  void allow(std::string_view provider, std::optional<json::ValueRef> models,
             const std::string& where, ApiKey& key) {
    const auto found = providers_.find(provider);
    if (found == providers_.end()) {
      return note(where, std::string(provider), "that provider is not carried over");
    }
    const bool none = !models || models->size() == 0;
    if (none && !empty_is_all_) {
      return note(where, std::string(provider), "the list of models is empty: it allows none");
    }
    for (const std::string& name : found->second) {
      if (none) key.allowed_models.push_back(name + "/*");
      for (size_t i = 0; !none && i < models->size(); ++i) {
        key.allowed_models.push_back(name + "/" +
                                     std::string(models->at(i).asString().value_or("")));
      }
    }
  }

  void readLimit(json::ValueRef entry, const std::string& where, ApiKey& key) {
    const auto id = entry.stringAt("rate_limit_id");
    const auto limits = governance_.find("rate_limits");
    for (size_t i = 0; id && limits && i < limits->size(); ++i) {
      const json::ValueRef limit = limits->at(i);
      if (limit.stringAt("id") != id) continue;
      const std::string at = below("/governance/rate_limits", i);
      const auto requests = limit.intAt("request_max_limit");
      const auto period = limit.stringAt("request_reset_duration").value_or("");
      KeyBudgets budgets(key.name, imported_, kSource);
      if (requests && *requests > 0 && periodOf(period) == "minute") {
        key.rate_limit_rpm = *requests;
      } else {
        budgets.add({"requests", "requests"}, limit.find("request_max_limit"), period,
                    at + "/request_max_limit", at + "/request_reset_duration");
      }
      budgets.add({"tokens", "tokens"}, limit.find("token_max_limit"),
                  limit.stringAt("token_reset_duration").value_or(""), at + "/token_max_limit",
                  at + "/token_reset_duration");
      return;
    }
    if (id) note(where + "/rate_limit_id", key.name, "there is no such rate limit");
  }

  // The one that the key names, and those that name the key.
  void readBudgets(json::ValueRef entry, const std::string& where, const std::string& name) {
    const auto id = entry.stringAt("budget_id");
    const auto key_id = entry.stringAt("id");
    const auto list = governance_.find("budgets");
    KeyBudgets budgets(name, imported_, kSource);
    bool found = false;
    for (size_t i = 0; list && i < list->size(); ++i) {
      const json::ValueRef budget = list->at(i);
      const bool named = id && budget.stringAt("id") == id;
      const bool names = key_id && budget.stringAt("virtual_key_id") == key_id;
      if (!named && !names) continue;
      found = found || named;
      carried_.insert(i);
      const std::string at = below("/governance/budgets", i);
      budgets.add({"spend", "usd"}, budget.find("max_limit"),
                  budget.stringAt("reset_duration").value_or(""), at + "/max_limit",
                  at + "/reset_duration");
    }
    if (id && !found) note(where + "/budget_id", name, "there is no such budget");
  }

  // Budgets of teams, customers and keys that are not carried over.
  void reportOtherBudgets() {
    const auto list = governance_.find("budgets");
    for (size_t i = 0; list && i < list->size(); ++i) {
      if (carried_.contains(i)) continue;
      note(below("/governance/budgets", i),
           std::string(list->at(i).stringAt("id").value_or("a budget")),
           std::string(reasonFor("budget")));
    }
  }

  json::ValueRef governance_;
  const ProviderNames& providers_;
  bool empty_is_all_;
  Imported& imported_;
  std::set<std::string> names_;
  std::set<size_t> carried_;  // budgets, by their place
};

}  // namespace

void importBifrostGovernance(json::ValueRef governance, const ProviderNames& providers,
                             bool empty_is_all, Imported& imported) {
  VirtualKeys(governance, providers, empty_is_all, imported).run();
  reportOthers(governance, "/governance", {"virtual_keys", "rate_limits", "budgets"},
               imported.report);
}

}  // namespace penstock::declare
