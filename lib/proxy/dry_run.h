#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/snapshot.h"
#include "model/decision.h"
#include "proxy/loop_context.h"

namespace penstock::proxy {

// What would be decided for a request of nobody in particular.
struct DryRunRequest {
  std::shared_ptr<const config::Snapshot> snapshot;
  const model::Project& project;
  // An OpenAI chat request, its model "@slug"; mlx:tags and mlx:end_user count.
  std::string_view body;
};

// The decision as of now with its reasons; nothing is called, counted or logged. Request id and
// times are the caller's to add. Errors are those of the request and of the decision. On the loop's
// thread.
Result<model::DecisionTrace> dryRun(LoopContext& loop, const DryRunRequest& request);

}  // namespace penstock::proxy
