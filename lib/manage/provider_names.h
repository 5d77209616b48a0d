#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "model/provider.h"

namespace penstock::manage {

// A policy's config says in the store which provider it means by "provider_credential_id": id, and
// in the declarative configuration by "provider": name, since ids differ from store to store. These
// turn one into the other wherever it stands; names and ids that nobody has stay as they are, for
// the policy's own check to refuse.
class ProviderNames {
 public:
  explicit ProviderNames(const std::vector<model::Provider>& providers);

  std::string toNames(std::string_view config_json) const;
  std::string toIds(json::ValueRef config) const;

 private:
  std::map<std::string, std::string, std::less<>> names_;  // by id
  std::map<std::string, std::string, std::less<>> ids_;    // by name
};

}  // namespace penstock::manage
