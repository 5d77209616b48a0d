#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "config/snapshot.h"
#include "store/tables.h"

namespace penstock::config {

// What a change touches. Combine with |.
enum class Part : uint8_t {
  ApiKeys = 1,
  ManagementKeys = 2,
  Projects = 4,
  Providers = 8,
  RoutingConfigs = 16,
  Organization = 32,
  Budgets = 64,
  Prices = 128,
  All = 255,
};
constexpr Part operator|(Part a, Part b) {
  return static_cast<Part>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr bool includes(Part set, Part part) {
  return (static_cast<uint8_t>(set) & static_cast<uint8_t>(part)) != 0;
}

// Builds the snapshot of the tables' present state. Takes the parts not in `changed` from `base`;
// without a base builds everything. Parts that depend on changed ones are rebuilt too: a project
// carries its keys, routing configs and budgets, a provider is what routing configs are checked
// against. Of API keys, those that ApiKeyTable says were touched are read again, whether or not
// `changed` names them; of routing configs and guardrails, those that differ from the base's are
// parsed again. The error is a routing config whose policy does not hold, guardrails, a list of
// addresses or a price that do not: the configuration cannot be loaded.
Result<std::shared_ptr<const Snapshot>> build(store::Tables& tables, Part changed,
                                              const Snapshot* base);

}  // namespace penstock::config
