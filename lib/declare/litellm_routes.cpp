#include "declare/litellm_routes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace penstock::declare {
namespace {

constexpr size_t kMaxTargets = 32;  // of a chain, as the API takes it
constexpr double kMaxTimeoutSeconds = 600;

constexpr std::array<std::string_view, 2> kSections = {"router_settings", "litellm_settings"};
constexpr std::string_view kStrategy = "routing_strategy";
constexpr std::string_view kDefaultFallbacks = "default_fallbacks";
// The sections' names for one and the same: an attempt's time-out.
constexpr std::array<std::string_view, 2> kTimeouts = {"timeout", "request_timeout"};

// When a chain goes on to the fallbacks of a kind.
struct FallbackKind {
  std::string_view setting;
  std::string_view retry_on;  // empty: whenever a target fails
};
constexpr FallbackKind kFallbacks[] = {
    {"fallbacks", ""},
    {"context_window_fallbacks", "context_length"},
    {"content_policy_fallbacks", "content_filter"},
};

// How several deployments of a model are told apart.
enum class Spread : uint8_t { ByWeight, LeastBusy, Latency, Cost };

class RoutesImport {
 public:
  RoutesImport(json::ValueRef config, const std::vector<LiteLlmGroup>& groups, ModelNames& names,
               Imported& imported)
      : config_(config), groups_(groups), names_(names), imported_(imported) {}

  void run() {
    readStrategy();
    readTimeout();
    for (const LiteLlmGroup& group : groups_) {
      slugs_[group.name] = slug_maker_.make(group.name, "model");
    }
    for (const LiteLlmGroup& group : groups_) {
      addConfig(slugs_.at(group.name), group.name, group, group.deployments.front().where);
    }
    readAliases();
    reportUnknownFallbacks();
  }

 private:
  void note(const std::string& where, std::string_view what, std::string_view why) {
    imported_.report.push_back({where, std::string(what), std::string(why)});
  }

  // Every value that the two sections have for a setting, with its place.
  template <typename Visit>
  void settings(std::string_view name, const Visit& visit) const {
    for (const std::string_view section : kSections) {
      const auto object = config_.find(section);
      const auto value = object ? object->find(name) : std::nullopt;
      if (value) visit(*value, below(below("", section), name));
    }
  }

  void readStrategy() {
    settings(kStrategy, [this](json::ValueRef value, const std::string& where) {
      const std::string_view strategy = value.asString().value_or("");
      if (strategy == "least-busy") {
        spread_ = Spread::LeastBusy;
      } else if (strategy.starts_with("latency-based")) {
        spread_ = Spread::Latency;
      } else if (strategy.starts_with("cost-based")) {
        spread_ = Spread::Cost;
      } else if (strategy != "simple-shuffle") {
        note(where, strategy, "deployments of one model are spread by weight");
      }
    });
  }

  void readTimeout() {
    for (const std::string_view name : kTimeouts) {
      settings(name, [this](json::ValueRef value, const std::string& where) {
        const auto millis = timeoutMillis(value);
        if (!millis) note(where, "the time-out", "must be more than 0 and at most 600 seconds");
        if (!timeout_ms_) timeout_ms_ = millis;
      });
    }
  }

  const LiteLlmGroup* findGroup(std::string_view name) const {
    const auto found = std::ranges::find(groups_, name, &LiteLlmGroup::name);
    return found == groups_.end() ? nullptr : &*found;
  }

  // [{"gpt-4o": ["fast", …]}, …] of one kind: those of the group.
  std::vector<std::string> fallbacksOf(const FallbackKind& kind, const std::string& group) const {
    std::vector<std::string> own, for_all;
    settings(kind.setting, [&](json::ValueRef list, const std::string&) {
      for (const json::ValueRef entry : list.elements()) {
        if (const auto named = entry.find(group)) addNames(*named, own);
        if (const auto all = entry.find("*")) addNames(*all, for_all);
      }
    });
    if (own.empty() && kind.retry_on.empty()) {
      settings(kDefaultFallbacks,
               [&](json::ValueRef list, const std::string&) { addNames(list, for_all); });
    }
    return own.empty() ? for_all : own;
  }

  static void addNames(json::ValueRef list, std::vector<std::string>& names) {
    for (const json::ValueRef name : list.elements()) {
      if (const auto text = name.asString()) names.emplace_back(*text);
    }
  }

  bool chooses(const LiteLlmGroup& group) const {
    const bool by_measure = spread_ == Spread::Latency || spread_ == Spread::Cost;
    return by_measure && group.deployments.size() > 1;
  }

  // The group's deployments as the targets of a chain.
  std::vector<RoutingTarget> ownTargets(const LiteLlmGroup& group) {
    if (chooses(group))
      return {{.model = "@" + chooserOf(group), .credentials = {}, .timeout_ms = {}}};
    return targetsOf(withTimeouts(group.deployments));
  }

  std::vector<Deployment> withTimeouts(std::vector<Deployment> deployments) const {
    for (Deployment& deployment : deployments) {
      if (!deployment.timeout_ms) deployment.timeout_ms = timeout_ms_;
    }
    return deployments;
  }

  // The config that chooses between a group's deployments: the group's own, or, where that is a
  // chain, one beside it, made when it is first needed.
  std::string chooserOf(const LiteLlmGroup& group) {
    if (!hasFallbacks(group.name)) return slugs_.at(group.name);
    const auto made = choosers_.find(group.name);
    if (made != choosers_.end()) return made->second;
    std::string slug = slug_maker_.make(group.name + "-deployments", "model");
    choosers_[group.name] = slug;
    addChooser(slug, group.name + " deployments", group);
    return slug;
  }

  void addChooser(const std::string& slug, const std::string& name, const LiteLlmGroup& group) {
    RoutingConfig config{.slug = slug, .name = name};
    config.policy = spread_ == Spread::Cost ? "cost_optimized" : "latency_optimized";
    config.targets = separateTargetsOf(withTimeouts(group.deployments));
    imported_.document.routing_configs.push_back(std::move(config));
  }

  bool hasFallbacks(const std::string& group) const {
    return std::ranges::any_of(
        kFallbacks, [&](const FallbackKind& kind) { return !fallbacksOf(kind, group).empty(); });
  }

  // `named` is the group's name, or an alias of it.
  void addConfig(const std::string& slug, const std::string& named, const LiteLlmGroup& group,
                 const std::string& where) {
    if (chooses(group) && !hasFallbacks(group.name)) {
      addChooser(slug, named, group);
    } else {
      RoutingConfig config{.slug = slug, .name = named};
      if (spread_ == Spread::LeastBusy) config.balance = "least_busy";
      config.targets = ownTargets(group);
      if (config.targets.size() > 1) {
        note(where, named, "its deployments serve different models: they are asked in their order");
      }
      const std::vector<std::string_view> kinds = addFallbacks(group, config);
      config.retry_on = retryOn(config.targets.size() > 1, kinds);
      if (config.targets.size() > 1) config.policy = "fallback_chain";
      imported_.document.routing_configs.push_back(std::move(config));
    }
    names_.emplace(named, "@" + slug);
    if (slug != named) note(where, named, "clients ask for @" + slug);
  }

  // Lengthens the chain; answers which failures lead to what was added.
  std::vector<std::string_view> addFallbacks(const LiteLlmGroup& group, RoutingConfig& config) {
    std::vector<std::string_view> kinds;
    if (config.targets.size() > 1) kinds.emplace_back();
    for (const FallbackKind& kind : kFallbacks) {
      bool any = false;
      for (const std::string& name : fallbacksOf(kind, group.name)) {
        const LiteLlmGroup* fallback = findGroup(name);
        if (fallback == nullptr || fallback == &group) continue;
        for (RoutingTarget& target : ownTargets(*fallback)) {
          any = true;
          const bool known = std::ranges::find(config.targets, target) != config.targets.end();
          if (!known && config.targets.size() < kMaxTargets) {
            config.targets.push_back(std::move(target));
          }
        }
      }
      if (any) kinds.push_back(kind.retry_on);
    }
    return kinds;
  }

  // Empty where the default says the same.
  static std::vector<std::string> retryOn(bool is_chain,
                                          const std::vector<std::string_view>& kinds) {
    if (!is_chain) return {};
    const auto has = [&kinds](std::string_view kind) {
      return std::ranges::find(kinds, kind) != kinds.end();
    };
    if (has("") && !has("content_filter")) return {};
    std::vector<std::string> words;
    if (has("")) words = {"429", "5xx", "timeout", "connection", "context_length"};
    for (const std::string_view kind : kinds) {
      const bool known = kind.empty() || std::ranges::find(words, kind) != words.end();
      if (!known) words.emplace_back(kind);
    }
    return words;
  }

  // {"alias": "group"} or {"alias": {"model": "group", "hidden": true}}.
  void readAliases() {
    const auto section = config_.find("router_settings");
    const auto aliases = section ? section->find("model_group_alias") : std::nullopt;
    if (!aliases) return;
    for (const auto& [alias, value] : aliases->members()) {
      const auto target = value.isString() ? value.asString() : value.stringAt("model");
      const std::string where = below("/router_settings/model_group_alias", alias);
      const LiteLlmGroup* group = findGroup(target.value_or(""));
      if (group == nullptr) {
        note(where, alias, "what it stands for is not carried over");
      } else {
        addConfig(slug_maker_.make(alias, "model"), std::string(alias), *group, where);
      }
    }
  }

  // Whatever of the fallbacks led nowhere.
  void reportUnknownFallbacks() {
    constexpr std::string_view kUnknown = "there is no model of this name among those carried over";
    const auto check = [this, kUnknown](json::ValueRef list, const std::string& where) {
      for (size_t i = 0; i < list.size(); ++i) {
        const auto text = list.at(i).asString();
        if (!text || findGroup(*text) == nullptr) {
          note(below(where, i), text.value_or("an entry"), kUnknown);
        }
      }
    };
    for (const FallbackKind& kind : kFallbacks) {
      settings(kind.setting, [&](json::ValueRef list, const std::string& where) {
        for (size_t i = 0; i < list.size(); ++i) {
          for (const auto& [name, fallbacks] : list.at(i).members()) {
            const std::string at = below(below(where, i), name);
            if (name != "*" && findGroup(name) == nullptr) note(at, name, kUnknown);
            check(fallbacks, at);
          }
        }
      });
    }
    settings(kDefaultFallbacks, check);
  }

  json::ValueRef config_;
  const std::vector<LiteLlmGroup>& groups_;
  ModelNames& names_;
  Imported& imported_;

  Spread spread_ = Spread::ByWeight;
  std::optional<int64_t> timeout_ms_;
  SlugMaker slug_maker_;
  std::map<std::string, std::string> slugs_;     // of groups
  std::map<std::string, std::string> choosers_;  // of groups whose own config is a chain
};

}  // namespace

void importLiteLlmRoutes(json::ValueRef config, const std::vector<LiteLlmGroup>& groups,
                         ModelNames& names, Imported& imported) {
  RoutesImport(config, groups, names, imported).run();
}

std::vector<std::string_view> liteLlmRoutingSettings() {
  std::vector<std::string_view> names = {kStrategy, kDefaultFallbacks, "model_group_alias"};
  names.insert(names.end(), kTimeouts.begin(), kTimeouts.end());
  for (const FallbackKind& kind : kFallbacks) names.push_back(kind.setting);
  return names;
}

std::optional<int64_t> timeoutMillis(json::ValueRef seconds) {
  const auto number = seconds.asDouble();
  if (!number || !(*number > 0) || *number > kMaxTimeoutSeconds) return {};
  return std::max<int64_t>(1, std::llround(*number * 1000));
}

}  // namespace penstock::declare
