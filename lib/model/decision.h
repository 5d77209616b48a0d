#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "model/budget.h"

namespace penstock::model {

// One call to a provider, however it ended. Times in microseconds from the attempt's start;
// negative: it did not get so far.
struct Attempt {
  std::string model;
  std::string provider;     // its vendor
  std::string provider_id;  // prov_…
  std::string status;   // "ok", "timeout", "server_error", … (routing::outcomeName), "cancelled"
  std::string error;    // what is known beyond it, for people; nothing secret
  int http_status = 0;  // 0: no answer
  UnixMillis started_at = 0;
  int64_t offset_us = 0;  // of its start from the request's arrival
  int64_t connect_us = -1;
  int64_t head_us = -1;
  int64_t first_token_us = -1;  // of content
  int64_t latency_us = 0;       // to its end
  Money cost;
  int64_t input_tokens = 0;
  int64_t output_tokens = 0;
  std::string upstream_request_id;  // as the provider names it
  bool hedge = false;               // started beside another that was slow
  // How its cost came about, where several were billed (pricing/bill_text.h); else empty.
  std::string bill;
  bool operator==(const Attempt&) const = default;
};

// What was decided for one request and what came of it (spec/modelux.md 5.2).
struct DecisionTrace {
  struct Candidate {
    std::string model;
    std::string provider;     // its vendor
    std::string provider_id;  // prov_…
    std::string status;       // "selected", "failed", "skipped", "not_needed"
    std::string reason;       // why it stands where it stands, or why it was passed over
    bool operator==(const Candidate&) const = default;
  };
  struct Rule {
    std::string text;  // as written; "else" for the last
    bool matched = false;
    std::string why = {};  // what was found, where that was asked for: "tags.team is 'sales'"
    bool operator==(const Rule&) const = default;
  };
  struct Budget {
    std::string_view label;      // config::BudgetIndex's, of the configuration the request holds
    int64_t used_permyriad = 0;  // of the cap, in ten-thousandths
    BudgetOutcome outcome = BudgetOutcome::Ok;
    bool operator==(const Budget&) const = default;
  };
  // What a guardrail found; never the text itself.
  struct Guardrail {
    std::string rule;
    std::string kind;    // "EMAIL"
    std::string place;   // JSON pointer into the body that it was found in
    std::string action;  // "flag", "redact", "block"
    int64_t count = 1;   // of that kind there
    bool operator==(const Guardrail&) const = default;
  };

  std::string request_id;
  std::string config;  // "@production"; empty when no routing config took part
  int64_t config_version = 0;
  std::string policy;
  std::vector<std::string> path;  // of configs that led on to others: "@a", "@b"
  std::string resolved;           // "config", "provider", "auto"
  std::vector<Candidate> candidates;
  std::vector<Attempt> attempts;
  std::vector<Rule> rules;            // that were evaluated, in order
  std::vector<Budget> budgets;        // that bind the request
  std::vector<Guardrail> guardrails;  // that found something, in the request or the answer
  std::string cache = "MISS";
  std::string ab_variant;  // empty: no experiment took part
  std::string decision;    // "attempt_1", "dry_run", "refused", "cache"
  std::string reason;
  int64_t total_latency_us = 0;
  bool operator==(const DecisionTrace&) const = default;
};

}  // namespace penstock::model
