#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policies.h"
#include "config/snapshot.h"
#include "model/decision.h"
#include "routing/target_health.h"

namespace penstock::routing {

// How the caller's `model` was understood (spec/modelux.md 2.2).
enum class Resolved : uint8_t { Config, Provider, Auto };
std::string_view resolvedName(Resolved resolved);

// A model at a provider credential, to be tried. What it points to lives as long as the snapshot.
struct Candidate {
  const model::Provider* provider = nullptr;
  std::string model;
  std::string reason = {};  // why it stands where it stands
  std::optional<int64_t> timeout_ms = {};
  const config::ChainRules* rules = nullptr;   // when to go on to the next; null: the defaults
  TargetView view = {};                        // as it was decided on
  std::optional<int64_t> context_window = {};  // where it is known
};

// A model that was passed over, and why.
struct Passed {
  const model::Provider* provider = nullptr;
  std::string model;
  std::string reason;
};

// Candidates in the order in which they are tried.
struct Line {
  std::vector<Candidate> candidates;
  std::vector<Passed> passed;
  std::optional<int64_t> total_budget_ms;
  std::optional<config::Hedge> hedge;
};

// One member of an ensemble, or one step of a cascade.
struct Branch {
  Line line;
  double weight = 1;
  const config::Acceptance* accept = nullptr;
};

// What becomes of a request.
enum class Shape : uint8_t {
  Chain,     // `line`: one after another until one answers
  Ensemble,  // `branches`: all at once, then one answer is made of theirs
  Cascade,   // `branches`: one after another until an answer is good enough
  Refused,   // by a rule
};

struct Decision {
  Resolved resolved = Resolved::Config;
  const config::RoutingConfig* config = nullptr;  // set when resolved by @slug
  std::vector<std::string> path;                  // of configs, when one led on to others
  Shape shape = Shape::Chain;
  Line line;
  std::vector<Branch> branches;
  const config::Ensemble* ensemble = nullptr;  // of Shape::Ensemble
  std::string ab_variant;                      // empty: no experiment took part
  std::vector<model::DecisionTrace::Rule> rules;
  std::string refusal;  // of Shape::Refused: what the caller is told
  std::string reason;

  // The first target that is to be tried; null when the request is refused.
  const Candidate* first() const {
    if (!line.candidates.empty()) return &line.candidates.front();
    return branches.empty() || branches.front().line.candidates.empty()
               ? nullptr
               : &branches.front().line.candidates.front();
  }
};

}  // namespace penstock::routing
