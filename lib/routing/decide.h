#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/snapshot.h"
#include "model/decision.h"

namespace penstock::routing {

// How the caller's `model` was understood (spec/modelux.md 2.2).
enum class Resolved : uint8_t { Config, Provider, Auto };
std::string_view resolvedName(Resolved resolved);

// A model at a provider credential. The pointer lives as long as the snapshot.
struct Candidate {
  const model::Provider* provider = nullptr;
  std::string model;
};

// Where a request goes: candidates in the order in which they are tried.
struct Decision {
  Resolved resolved = Resolved::Config;
  const config::RoutingConfig* config = nullptr;  // set when resolved by @slug
  std::vector<Candidate> candidates;              // at least one
};

// Resolves the requested model to a decision. Pure: the snapshot and the name are all it sees.
//   "@slug"           a routing config of the project, else 404 routing_config_not_found
//   "provider/model"  a provider by its name, or the vendor's default credential
//   "name"            by its prefix, unless the project has switched that off
// A left side that is neither a provider's name nor a vendor makes the whole a bare name.
Result<Decision> decide(const config::Snapshot& snapshot, const model::Project& project,
                        std::string_view requested_model);

// The decision as a trace shows it, before anything was tried: a dry run's. Request id and times
// are the caller's to add.
model::DecisionTrace describe(const Decision& decision);

}  // namespace penstock::routing
