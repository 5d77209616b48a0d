#include "declare/litellm_keys.h"

#include <algorithm>
#include <set>

#include "declare/key_budgets.h"
#include "declare/reasons.h"
#include "declare/timestamp.h"

namespace penstock::declare {
namespace {

constexpr const char* kSource = "keys";
// Carried over, or nothing that anyone set.
constexpr std::string_view kKnown[] = {
    "key_alias",   "key_name",        "token",       "key",
    "models",      "rpm_limit",       "expires",     "blocked",
    "spend",       "created_at",      "updated_at",  "created_by",
    "updated_by",  "user_id",         "last_active", "model_spend",
    "permissions", "budget_reset_at", "config",      "rotation_count",
    "max_budget",  "budget_duration", "tpm_limit",   "max_parallel_requests"};

class KeyImport {
 public:
  KeyImport(const ModelNames& models, UnixMillis now, Imported& imported)
      : models_(models), now_(now), imported_(imported) {}

  void add(json::ValueRef entry, const std::string& where) {
    const auto info = entry.find("info");
    const std::string place = info ? where + "/info" : where;
    readKey(info ? *info : entry, place);
  }

  void finish() {
    if (carried_ == 0) return;
    note("", "the secrets of " + std::to_string(carried_) + " keys",
         "a key of Penstock begins with mlx_sk_: each gets a new secret, which apply prints once");
  }

 private:
  void note(const std::string& where, const std::string& what, const std::string& why) {
    imported_.report.push_back({where, what, why, kSource});
  }

  void readKey(json::ValueRef entry, const std::string& where) {
    ApiKey key;
    key.name = nameOf(entry);
    if (!entry.isObject()) return note(where, "the entry", "is not an object");
    if (entry.find("blocked") && entry.find("blocked")->asBool() == true) {
      return note(where, key.name, "is blocked, and is not carried over");
    }
    if (!readExpiry(entry, where, key) || !readModels(entry, where, key)) return;
    readLimit(entry, where, key);
    if (const auto masked = entry.stringAt("key_name")) {
      key.description = "LiteLLM key " + std::string(*masked);
    }
    key.name = unique(key.name, where);
    readBudgets(entry, where, key.name);
    reportOthers(entry, where, kKnown, imported_.report, kSource);
    imported_.document.api_keys.push_back(std::move(key));
    ++carried_;
  }

  std::string nameOf(json::ValueRef entry) const {
    for (const char* field : {"key_alias", "key_name"}) {
      const auto text = entry.stringAt(field);
      if (text && !text->empty()) return std::string(*text);
    }
    return "litellm-key";
  }

  std::string unique(const std::string& name, const std::string& where) {
    std::string text = name;
    for (int n = 2; !names_.insert(text).second; ++n) text = name + "-" + std::to_string(n);
    if (text != name) note(where, name, "another key has that name; this one is called " + text);
    return text;
  }

  bool readExpiry(json::ValueRef entry, const std::string& where, ApiKey& key) {
    const auto value = entry.find("expires");
    if (!value || saysNothing(*value)) return true;
    const auto time = parseTimestamp(value->asString().value_or(""));
    if (!time) {
      note(where + "/expires", key.name, "is not a time; the key is not carried over");
      return false;
    }
    if (*time <= now_) {
      note(where + "/expires", key.name, "has expired, and is not carried over");
      return false;
    }
    key.expires_at = iso8601(*time);
    return true;
  }

  // False when the key would get to use more than it could.
  bool readModels(json::ValueRef entry, const std::string& where, ApiKey& key) {
    const auto list = entry.find("models");
    const auto team = entry.find("team_id");
    if (!list || list->size() == 0) {
      if (!team || saysNothing(*team)) return true;
      note(where, key.name, "its models are those of its team, so the key is not carried over");
      return false;
    }
    for (size_t i = 0; i < list->size(); ++i) {
      const std::string model(list->at(i).asString().value_or(""));
      if (model == "all-proxy-models") {
        key.allowed_models.clear();
        return true;
      }
      if (auto ours = nameHere(model); !ours.empty()) {
        key.allowed_models.push_back(std::move(ours));
        continue;
      }
      note(below(where + "/models", i), model,
           model == "all-team-models" ? "there are no teams; list the models instead"
                                      : "that model is not carried over, so the key cannot use it");
    }
    if (!key.allowed_models.empty()) return true;
    note(where, key.name, "none of its models is carried over, so neither is the key");
    return false;
  }

  // Also of what only a wildcard covers: "openai/gpt-4o" with "openai/*". Empty when unknown.
  std::string nameHere(const std::string& model) const {
    if (const auto found = models_.find(model); found != models_.end()) return found->second;
    const size_t slash = model.find('/');
    if (slash == std::string::npos) return {};
    const auto wildcard = models_.find(model.substr(0, slash) + "/*");
    if (wildcard == models_.end()) return {};
    return wildcard->second.substr(0, wildcard->second.size() - 1) + model.substr(slash + 1);
  }

  void readLimit(json::ValueRef entry, const std::string& where, ApiKey& key) {
    const auto limit = entry.find("rpm_limit");
    if (!limit || limit->isNull()) return;
    const auto rpm = limit->asInt();
    if (rpm && *rpm > 0) {
      key.rate_limit_rpm = *rpm;
    } else {
      note(where + "/rpm_limit", key.name, "the limit must be a positive whole number");
    }
  }

  void readBudgets(json::ValueRef entry, const std::string& where, const std::string& name) {
    KeyBudgets budgets(name, imported_, kSource);
    const auto duration = entry.stringAt("budget_duration");
    budgets.add({"spend", "usd"}, entry.find("max_budget"), duration.value_or(""),
                where + "/max_budget", where + "/budget_duration");
    budgets.add({"tokens", "tokens"}, entry.find("tpm_limit"), "1m", where + "/tpm_limit", {});
    budgets.add({"parallel requests", "concurrency"}, entry.find("max_parallel_requests"), "",
                where + "/max_parallel_requests", {});
  }

  const ModelNames& models_;
  UnixMillis now_;
  Imported& imported_;
  std::set<std::string> names_;
  size_t carried_ = 0;
};

}  // namespace

Status importLiteLlmKeys(json::ValueRef dump, const ModelNames& models, UnixMillis now,
                         Imported& imported) {
  KeyImport keys(models, now, imported);
  const auto list = dump.find("keys");
  if (list && list->isArray()) {
    for (size_t i = 0; i < list->size(); ++i) keys.add(list->at(i), below("/keys", i));
  } else if (dump.isArray()) {
    for (size_t i = 0; i < dump.size(); ++i) keys.add(dump.at(i), below("", i));
  } else if (dump.find("info") || dump.find("token")) {
    keys.add(dump, "");
  } else {
    return invalidRequest("invalid_source",
                          "the dump of keys is none: it should be what LiteLLM's "
                          "/key/list?return_full_object=true or /key/info answers");
  }
  keys.finish();
  return Unit{};
}

}  // namespace penstock::declare
