#include "gateway/dry_run.h"

#include <chrono>
#include <future>
#include <memory>
#include <string>

namespace penstock {

Result<model::DecisionTrace> dryRunOn(proxy::LoopContext& loop,
                                      const proxy::DryRunRequest& request) {
  using Answer = Result<model::DecisionTrace>;
  // The task may come after we gave up: it owns all that it uses.
  struct Task {
    std::promise<Answer> answer;
    std::shared_ptr<const config::Snapshot> snapshot;
    const model::Project& project;  // of the snapshot
    std::string body;
  };
  auto task = std::make_shared<Task>(
      Task{{}, request.snapshot, request.project, std::string(request.body)});
  auto answer = task->answer.get_future();
  loop.loop.post([task, &loop] {
    task->answer.set_value(proxy::dryRun(loop, {task->snapshot, task->project, task->body}));
  });
  if (answer.wait_for(std::chrono::seconds(5)) != std::future_status::ready) {
    return ApiError{ErrorKind::Overloaded, "overloaded", "the proxy is busy; try again"};
  }
  return answer.get();
}

}  // namespace penstock
