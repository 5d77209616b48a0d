// What routing costs a request apart from its attempts: bench_decision. The decision from the
// configuration and the live health of the targets, and the trace that is stored of it with one
// attempt and ten budgets. Prints as JSON the median nanoseconds for a single target, a chain of
// three and a choice of five by latency.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "simulation/decider.h"
#include "trace/stored_decision.h"

using namespace penstock;

namespace {

model::Attempt attemptAt(const routing::Candidate& candidate) {
  model::Attempt attempt;
  attempt.model = candidate.model;
  attempt.provider = candidate.provider->vendor;
  attempt.provider_id = candidate.provider->id;
  attempt.status = "ok";
  attempt.http_status = 200;
  attempt.started_at = 1'796'000'000'123;
  attempt.offset_us = 87;
  attempt.connect_us = 0;
  attempt.head_us = 412'318;
  attempt.first_token_us = 430'007;
  attempt.latency_us = 1'930'842;
  attempt.cost = Money{1'234'500};
  attempt.input_tokens = 812;
  attempt.output_tokens = 344;
  attempt.upstream_request_id = "req_011CQk2TqYp5nWvR7mHs3dZa";
  return attempt;
}

// What the pipeline does for a request that its first target answered.
size_t decideAndRender(simulation::Decider& decider, const simulation::Traits& request) {
  const routing::Decision decision = decider.decide(request);
  model::DecisionTrace trace = routing::describe(decision);
  trace.request_id = "req_01HZX5V0Q3J8W2N6T4R9Y7K1BM";
  trace.attempts.push_back(attemptAt(*decision.first()));
  for (int i = 0; i < 10; ++i) {
    trace.budgets.push_back({R"(["team-budget",0,0],)", 4'211 + i, model::BudgetOutcome::Ok});
  }
  trace.decision = "attempt_1";
  trace.total_latency_us = 1'931'100;
  return trace::renderStored(trace).size();
}

// What the gateway has seen of the targets by now.
void answerOften(simulation::Fleet& fleet) {
  using When = routing::TargetHealth::When;
  for (const simulation::Target& target : fleet.targets) {
    for (int64_t i = 0; i < 5'000; ++i) {
      const UnixMillis at = fleet.world.now() - (5'000 - i) * 50;
      auto permit = target.health->begin(When::Ready, at);
      if (permit) permit.report({routing::OutcomeKind::Success, 250 + i % 200}, at);
    }
  }
}

// Negative when nothing was rendered.
double nanosecondsARequest(size_t targets, config::Policy (*policyOf)(const simulation::Fleet&)) {
  constexpr int kSamples = 301, kRequests = 50;
  simulation::Fleet fleet(1);
  for (size_t i = 0; i < targets; ++i) fleet.add(300.0 + 10.0 * static_cast<double>(i));
  answerOften(fleet);
  simulation::Decider decider(fleet, policyOf(fleet));
  const simulation::Traits request;
  std::vector<double> samples;
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kRequests; ++i) {
      if (decideAndRender(decider, request) == 0) return -1;
    }
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - begin;
    samples.push_back(taken.count() / kRequests);
  }
  std::ranges::nth_element(samples, samples.begin() + kSamples / 2);
  return samples[kSamples / 2];
}

config::Policy single(const simulation::Fleet& fleet) {
  return config::SinglePolicy{simulation::targetsOf(fleet).front(), {}};
}

config::Policy chain(const simulation::Fleet& fleet) {
  config::FallbackChain policy;
  for (auto& target : simulation::targetsOf(fleet)) policy.models.emplace_back(std::move(target));
  return policy;
}

config::Policy fastest(const simulation::Fleet& fleet) {
  config::LatencyOptimized policy;
  policy.allowed_models = simulation::targetsOf(fleet);
  return policy;
}

}  // namespace

int main() {
  std::printf(
      "{\"single\":%.0f,\"fallback_chain of three\":%.0f,\"latency_optimized of five\":%.0f}\n",
      nanosecondsARequest(1, single), nanosecondsARequest(3, chain),
      nanosecondsARequest(5, fastest));
}
