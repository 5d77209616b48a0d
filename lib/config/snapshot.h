#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "base/text.h"
#include "model/key.h"
#include "model/project.h"
#include "model/provider.h"
#include "model/routing_config.h"

namespace penstock::config {

// A routing config with its policy parsed and checked.
struct RoutingConfig {
  model::RoutingConfig head;
  model::Policy policy;
};

// A digest is uniformly distributed: its first bytes are the hash.
struct DigestHash {
  size_t operator()(const Sha256& digest) const {
    size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};

template <typename T>
using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

// The parts of a snapshot, indexed for look-up. Immutable once in a Snapshot. Places in a vector
// stand for pointers, so that the parts can be built and moved freely.
using ApiKeyIndex = std::unordered_map<Sha256, model::ApiKey, DigestHash>;
using ManagementKeyIndex = std::unordered_map<Sha256, model::ManagementKey, DigestHash>;
using ProjectIndex = ByText<model::Project>;

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
    std::shared_ptr<const ApiKeyIndex> api_keys;
    std::shared_ptr<const ManagementKeyIndex> management_keys;
    std::shared_ptr<const ProjectIndex> projects;
    std::shared_ptr<const ProviderIndex> providers;
    std::shared_ptr<const RoutingConfigIndex> routing_configs;
  };
  explicit Snapshot(Parts parts) : parts_(std::move(parts)) {}

  // The store's config_version: larger is newer.
  int64_t version() const { return parts_.version; }

  // Keys that are neither revoked nor of a deleted project. They may have expired: the caller
  // compares expires_at with its clock.
  const model::ApiKey* findApiKey(const Sha256& hash) const;
  const model::ManagementKey* findManagementKey(const Sha256& hash) const;

  const model::Project* findProject(std::string_view id) const;

  const model::Provider* findProvider(std::string_view id) const;
  const model::Provider* findProviderByName(std::string_view name) const;
  const model::Provider* findDefaultProvider(std::string_view vendor) const;
  const std::vector<model::Provider>& providers() const { return parts_.providers->all; }

  // `slug` without '@'. A config is visible to its own project only.
  const RoutingConfig* findRoutingConfig(std::string_view project_id, std::string_view slug) const;
  const RoutingConfig* findRoutingConfigById(std::string_view id) const;
  const std::vector<RoutingConfig>& routingConfigs() const { return parts_.routing_configs->all; }

  size_t apiKeyCount() const { return parts_.api_keys->size(); }
  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
};

}  // namespace penstock::config
