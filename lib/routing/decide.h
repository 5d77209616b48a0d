#pragma once

#include <string_view>

#include "base/result.h"
#include "config/snapshot.h"
#include "model/decision.h"
#include "routing/decision.h"
#include "routing/environment.h"

namespace penstock::routing {

// Whether rules say why they matched or not.
enum class Detail : uint8_t { Brief, Explained };

// What a decision is made from. All of it outlives the decision's making; the snapshot and what it
// holds, the decision itself.
struct Question {
  const config::Snapshot& snapshot;
  const model::Project& project;
  std::string_view model;  // as requested
  const RequestTraits& request;
  Environment& environment;
  Detail detail = Detail::Brief;
};

// Resolves the requested model to a decision:
//   "@slug"           a routing config of the project, else 404 routing_config_not_found
//   "provider/model"  a provider by its name, or the vendor's default credential
//   "name"            by its prefix, unless the project has switched that off
// A left side that is neither a provider's name nor a vendor makes the whole a bare name. Pure but
// for what it asks of the environment; nothing is called or counted.
//
// A target whose breaker is open or that cools down is moved to the end, not left out; one that its
// provider blocked stands last of all. 404 no_target: the config has no target that can serve the
// request.
Result<Decision> decide(const Question& question);

// The decision as a trace shows it, before anything was tried: a dry run's. Request id and times
// are the caller's to add.
model::DecisionTrace describe(const Decision& decision);

}  // namespace penstock::routing
