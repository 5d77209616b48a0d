#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/ip_range.h"
#include "base/text.h"
#include "config/budget_index.h"
#include "config/cache_rules.h"
#include "config/key_index.h"
#include "config/policies.h"
#include "model/project.h"
#include "model/provider.h"
#include "model/routing_config.h"
#include "pricing/overrides.h"

namespace penstock::guard {
class Policy;
}

namespace penstock::config {

// A routing config with what it says parsed and checked.
struct RoutingConfig {
  model::RoutingConfig head;
  Policy policy;
  std::optional<CacheRules> cache = {};  // absent: answers are not kept
};

// The organization with its list of addresses parsed.
struct Organization : model::Organization {
  IpAllowList addresses;
};

template <typename T>
using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

// The parts of a snapshot, indexed for look-up. Immutable once in a Snapshot. Places in a vector
// stand for pointers, so that the parts can be built and moved freely.
using ProjectIndex = ByText<model::Project>;
using GuardIndex = ByText<std::shared_ptr<const guard::Policy>>;  // of projects that have any

struct ProviderIndex {
  std::vector<model::Provider> all;  // by id, so oldest first
  ByText<size_t> by_id, by_name, default_of_vendor;
};

struct RoutingConfigIndex {
  std::vector<RoutingConfig> all;  // by project, then slug
  ByText<size_t> by_id;
  ByText<ByText<size_t>> by_slug;  // project id, then slug
};

// The whole configuration as one immutable value. A request takes one and keeps it for its whole
// life; pointers got from it are valid as long as the snapshot is held. Nothing in it points into
// the store. Thread-safe, being const. Parts that a change does not touch are shared with the
// snapshot before. Counters that change per request live elsewhere, keyed by id.
class Snapshot {
 public:
  struct Parts {
    int64_t version = 0;
    std::shared_ptr<const Organization> organization;
    std::shared_ptr<const ApiKeyIndex> api_keys;
    std::shared_ptr<const ManagementKeyIndex> management_keys;
    std::shared_ptr<const ProjectIndex> projects;
    std::shared_ptr<const GuardIndex> guards;
    std::shared_ptr<const ProviderIndex> providers;
    std::shared_ptr<const RoutingConfigIndex> routing_configs;
    std::shared_ptr<const BudgetIndex> budgets;
    std::shared_ptr<const pricing::Overrides> prices;
  };
  explicit Snapshot(Parts parts) : parts_(std::move(parts)) {}

  // The store's config_version: larger is newer.
  int64_t version() const { return parts_.version; }

  // The one organization; without any value in a store that holds none yet.
  const Organization& organization() const { return *parts_.organization; }

  // Keys that are neither revoked nor of a deleted project, by the hash of their secret or of the
  // one before the last rotation. Either may have expired: the caller compares expiryOf(key, hash)
  // with its clock.
  const ApiKey* findApiKey(const Sha256& hash) const { return parts_.api_keys->find(hash); }
  const ManagementKey* findManagementKey(const Sha256& hash) const {
    return parts_.management_keys->find(hash);
  }

  const model::Project* findProject(std::string_view id) const;
  // The project's guardrails, compiled; null when it has none.
  std::shared_ptr<const guard::Policy> findGuard(std::string_view project_id) const;

  const model::Provider* findProvider(std::string_view id) const;
  const model::Provider* findProviderByName(std::string_view name) const;
  // By the vendor's id or another name of it: "azure" is azure_openai.
  const model::Provider* findDefaultProvider(std::string_view vendor) const;
  const std::vector<model::Provider>& providers() const { return parts_.providers->all; }

  // `slug` without '@'. A config is visible to its own project only.
  const RoutingConfig* findRoutingConfig(std::string_view project_id, std::string_view slug) const;
  const RoutingConfig* findRoutingConfigById(std::string_view id) const;
  const std::vector<RoutingConfig>& routingConfigs() const { return parts_.routing_configs->all; }

  // Those of balances included. What they have counted is in the ledger (budget/ledger.h).
  const BudgetIndex& budgets() const { return *parts_.budgets; }

  // The operator's own prices; with the catalogue they make a pricing::PriceBook.
  const pricing::Overrides& prices() const { return *parts_.prices; }

  size_t apiKeyCount() const { return parts_.api_keys->size(); }
  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
};

}  // namespace penstock::config
