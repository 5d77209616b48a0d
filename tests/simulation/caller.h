#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "routing/health.h"
#include "routing/retry_budget.h"
#include "simulation/provider.h"
#include "simulation/world.h"

namespace penstock::simulation {

// A target: one model at a simulated provider, and what the gateway knows of it.
struct Target {
  Provider& provider;
  std::shared_ptr<routing::TargetHealth> health;
};

// What became of a request.
struct Request {
  UnixMillis began_at = 0;
  UnixMillis ended_at = 0;
  bool succeeded = false;
  std::vector<size_t> attempts;  // targets, in the order in which they were called
};

// Sends requests as the gateway does: down an order of targets, those that are ready first, then
// whatever may be asked at all; then once more to the last, if the budget of retries allows.
class Caller {
 public:
  using Order = std::function<std::vector<size_t>(UnixMillis now)>;
  using Done = std::function<void(const Request&)>;

  Caller(World& world, std::vector<Target>& targets) : world_(world), targets_(targets) {}

  void send(std::vector<size_t> order, const Done& done) {
    retries.countRequest(world_.now());
    auto run = std::make_shared<Run>(
        Run{.request = {.began_at = world_.now()}, .left = std::move(order), .done = done});
    next(run);
  }

  routing::RetryBudget retries;
  int max_retries = 2;

 private:
  using When = routing::TargetHealth::When;
  struct Run {
    Request request;
    std::vector<size_t> left;
    Done done;
    int retried = 0;
  };
  using RunPtr = std::shared_ptr<Run>;

  void next(const RunPtr& run) {
    for (const When when : {When::Ready, When::Anyway}) {
      for (size_t i = 0; i < run->left.size(); ++i) {
        const size_t target = run->left[i];
        auto permit = targets_[target].health->begin(when, world_.now());
        if (!permit) continue;
        run->left.erase(run->left.begin() + static_cast<std::ptrdiff_t>(i));
        return attempt(run, target, std::move(permit));
      }
    }
    retry(run);
  }

  void retry(const RunPtr& run) {
    if (run->request.attempts.empty() || run->retried >= max_retries) return end(run, false);
    const size_t target = run->request.attempts.back();
    if (!retries.tryRetry(world_.now())) return end(run, false);
    ++run->retried;
    auto permit = targets_[target].health->begin(When::Anyway, world_.now());
    if (!permit) return end(run, false);
    attempt(run, target, std::move(permit));
  }

  void attempt(const RunPtr& run, size_t target, routing::Permit permit) {
    run->request.attempts.push_back(target);
    const auto held = std::make_shared<routing::Permit>(std::move(permit));
    targets_[target].provider.call([this, run, held](const routing::Outcome& outcome) {
      held->report(outcome, world_.now());
      *held = routing::Permit();
      if (outcome.kind == routing::OutcomeKind::Success) return end(run, true);
      next(run);
    });
  }

  void end(const RunPtr& run, bool succeeded) {
    run->request.ended_at = world_.now();
    run->request.succeeded = succeeded;
    run->done(run->request);
  }

  World& world_;
  std::vector<Target>& targets_;
};

}  // namespace penstock::simulation
