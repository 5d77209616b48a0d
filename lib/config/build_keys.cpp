#include "config/build_keys.h"

#include <string>
#include <utility>
#include <vector>

namespace penstock::config {
namespace {

Result<IpAllowList> parseAddresses(const std::vector<std::string>& texts, const char* resource,
                                   const std::string& id) {
  auto parsed = IpAllowList::parse(texts);
  if (parsed) return parsed;
  ApiError error = std::move(parsed).error();
  error.param.insert(0, "/ip_allowlist");
  error.fields = {{error.param, error.message}};
  error.resource = resource;
  error.id = id;
  error.detail = "addresses of " + std::string(resource) + " " + id;
  return error;
}

// Key is config::ApiKey or config::ManagementKey, Stored its base.
template <typename Key, typename Stored>
Result<std::shared_ptr<const Key>> toEntry(Stored stored, const char* resource) {
  auto addresses = parseAddresses(stored.ip_allowlist, resource, stored.id);
  if (!addresses) return std::move(addresses).error();
  return std::shared_ptr<const Key>(
      std::make_shared<Key>(Key{std::move(stored), *std::move(addresses)}));
}

template <typename Key, typename Stored>
Result<std::shared_ptr<const KeyIndex<Key>>> buildIndex(std::vector<Stored> stored,
                                                        const char* resource) {
  std::vector<std::shared_ptr<const Key>> keys;
  keys.reserve(stored.size());
  for (Stored& key : stored) {
    auto entry = toEntry<Key>(std::move(key), resource);
    if (!entry) return std::move(entry).error();
    keys.push_back(*std::move(entry));
  }
  return KeyIndex<Key>::of(keys);
}

constexpr const char* kApiKey = "api_key";

}  // namespace

Result<std::shared_ptr<const Organization>> buildOrganization(store::OrganizationTable& table) {
  model::Organization stored = table.first().value_or(model::Organization{});
  auto addresses = parseAddresses(stored.ip_allowlist, "organization", stored.id);
  if (!addresses) return std::move(addresses).error();
  return std::shared_ptr<const Organization>(
      std::make_shared<Organization>(Organization{std::move(stored), *std::move(addresses)}));
}

Result<std::shared_ptr<const ManagementKeyIndex>> buildManagementKeys(
    store::ManagementKeyTable& table) {
  return buildIndex<ManagementKey>(table.usable(), "management_key");
}

Result<std::shared_ptr<const ApiKeyIndex>> buildApiKeys(store::ApiKeyTable& table) {
  return buildIndex<ApiKey>(table.usable(), kApiKey);
}

Result<std::shared_ptr<const ApiKeyIndex>> updateApiKeys(store::ApiKeyTable& table,
                                                         const ApiKeyIndex& base,
                                                         std::span<const Sha256> touched) {
  std::vector<ApiKeyIndex::Change> changes;
  changes.reserve(touched.size());
  for (const Sha256& hash : touched) {
    auto stored = table.usableBySecret(hash);
    ApiKeyIndex::KeyPtr key;
    if (stored) {
      auto entry = toEntry<ApiKey>(*std::move(stored), kApiKey);
      if (!entry) return std::move(entry).error();
      key = *std::move(entry);
    }
    changes.emplace_back(hash, std::move(key));
  }
  return base.with(std::move(changes));
}

}  // namespace penstock::config
