#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/policy.h"
#include "config/snapshot.h"
#include "model/routing_config.h"

namespace penstock::config {

// How a target that does not name its credential finds one. Both answer a provider's id, or
// nothing.
struct ProviderNames {
  std::function<std::string(std::string_view name)> by_name;
  std::function<std::string(std::string_view vendor)> default_of_vendor;
};

// The target that a model's name means by itself, as in a request (spec/modelux.md 2.2):
//   "provider/model"  a provider by its name, or the vendor's default credential
//   "name"            by its prefix
// The error's message says what is missing.
Result<model::Target> resolveTarget(std::string_view name, const ProviderNames& providers);

// What a policy is checked against when it is saved, targets without a credential included.
// `snapshot` must outlive the context.
PolicyContext policyContext(const Snapshot& snapshot);

}  // namespace penstock::config
