#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/money.h"

namespace penstock::model {

// What was decided for one request and what came of it (spec/modelux.md 5.2).
struct DecisionTrace {
  struct Candidate {
    std::string model;
    std::string provider;     // its vendor
    std::string provider_id;  // prov_…
    std::string status;       // "selected"
    bool operator==(const Candidate&) const = default;
  };
  struct Attempt {
    std::string model;
    std::string provider;
    std::string status;  // "ok"
    int64_t latency_us = 0;
    Money cost;
    bool operator==(const Attempt&) const = default;
  };

  struct Budget {
    std::string name;
    std::string unit;    // "usd"
    std::string action;  // "block"
    double used_share = 0;
    std::string outcome;  // "ok", "counted", "blocked", "downgraded"
    bool operator==(const Budget&) const = default;
  };

  std::string request_id;
  std::string config;  // "@production"; empty when no routing config took part
  int64_t config_version = 0;
  std::string policy;
  std::string resolved;  // "config", "provider", "auto"
  std::vector<Candidate> candidates;
  std::vector<Attempt> attempts;
  std::vector<Budget> budgets;  // that bind the request
  std::string decision;         // "attempt_1", "dry_run"
  std::string reason;
  int64_t total_latency_us = 0;
  bool operator==(const DecisionTrace&) const = default;
};

}  // namespace penstock::model
