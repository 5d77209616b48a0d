#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json/schema.h"
#include "rules/expression.h"
#include "rules/pattern.h"

// The eight policies of spec/modelux.md 3.2 as values: checked, names resolved, nothing to parse
// any more. Immutable; lib/config/README.md has the JSON.
namespace penstock::config {

struct InlinePolicy;

// What a model cannot do, as far as anybody said.
enum class Lack : uint8_t { Tools = 1, Vision = 2, JsonSchema = 4 };

// How good a model is, coarsely; what cost_optimized may not go below.
enum class Tier : uint8_t { Economy, Standard, Premium };

// How one of several credentials is chosen.
enum class Balance : uint8_t {
  Weighted,   // at random, by weight
  LeastBusy,  // the fewest requests under way for its weight
  Affinity,   // the same for the same conversation or prompt prefix, so that its cache hits
};

struct Credential {
  std::string provider_id;
  int64_t weight = 1;
};

// A model at one credential, or at one of several.
struct PolicyTarget {
  std::string model;
  std::vector<Credential> credentials;  // at least one
  Balance balance = Balance::Weighted;
  std::optional<int64_t> timeout_ms;  // of an attempt at it
  uint8_t lacks = 0;                  // of Lack
  std::optional<Tier> tier;           // else its price tells
  bool has(Lack lack) const { return (lacks & static_cast<uint8_t>(lack)) != 0; }
};

// Another config of the project. Its timeout holds for its targets that have none.
struct ConfigReference {
  std::string slug;  // without '@'
  std::optional<int64_t> timeout_ms;
};

// The request is refused: 403 blocked_by_rule.
struct Refusal {
  std::string message;
};

// Where a policy leads on to.
using Route =
    std::variant<PolicyTarget, ConfigReference, std::shared_ptr<const InlinePolicy>, Refusal>;

// Which failures make a chain go on to its next target (spec/dialects.md 11). Refusals of the
// gateway's own credential and broken answers always do.
struct RetryOn {
  bool rate_limits = true;     // "429"
  bool server_errors = true;   // "5xx"
  bool timeouts = true;        // "timeout"
  bool connection = true;      // "connection"
  bool context_length = true;  // "context_length": at targets whose context is larger
  bool content_filter = false;
  std::vector<int> statuses;  // "503"
  bool operator==(const RetryOn&) const = default;
};

// A second attempt beside one whose first token is late.
struct Hedge {
  int64_t after_ms = 0;
  int64_t max_pct = 5;  // of the requests through the config
};

// What single targets and lists of them have in common.
struct ChainRules {
  RetryOn retry_on;
  std::optional<int64_t> total_budget_ms;  // for all attempts together
  std::optional<Hedge> hedge;
};

struct SinglePolicy {
  PolicyTarget target;
  ChainRules rules;
};

struct FallbackChain {
  std::vector<Route> models;  // targets and references, in order
  ChainRules rules;
};

// The cheapest for the request at hand that qualifies.
struct CostOptimized {
  std::vector<PolicyTarget> allowed_models;
  std::optional<Tier> quality_tier;  // at least
  ChainRules rules;
};

// The healthy one with the lowest median.
struct LatencyOptimized {
  std::vector<PolicyTarget> allowed_models;
  int64_t window_seconds = 300;
  int64_t min_samples = 20;  // fewer: explored with 5 % of the requests
  ChainRules rules;
};

enum class Aggregation : uint8_t { FirstValid, WeightedVote, WeightedAverage, LlmJudge };

struct Ensemble {
  struct Member {
    Route route;
    double weight = 1;
  };
  struct Judge {
    PolicyTarget target;
    std::string instructions;
  };
  Aggregation aggregation = Aggregation::FirstValid;
  std::vector<Member> members;
  std::optional<Judge> judge;  // of LlmJudge
  int64_t timeout_ms = 30'000;
};

struct AbTest {
  struct Variant {
    std::string name;
    int64_t weight = 1;
    Route route;
  };
  std::vector<Variant> variants;
};

// When a cascade's reply is good enough; everything that is given must hold.
struct Acceptance {
  struct Judge {
    PolicyTarget target;
    double min_score = 0;  // 0 to 1
  };
  std::optional<int64_t> min_length;  // characters
  bool json_valid = false;
  std::string json_schema_text;  // raw JSON
  std::optional<json::Schema> json_schema;
  std::string regex_text, not_regex_text;
  std::optional<rules::Pattern> regex, not_regex;
  std::optional<Judge> judge;
};

struct Cascade {
  struct Step {
    Route route;
    std::optional<int64_t> timeout_ms;
    Acceptance accept;
  };
  std::vector<Step> steps;
};

struct CustomRules {
  struct Rule {
    rules::Expression condition;
    Route then;
  };
  std::vector<Rule> rules;
  Route otherwise;
};

using Policy = std::variant<SinglePolicy, FallbackChain, CostOptimized, LatencyOptimized, Ensemble,
                            AbTest, Cascade, CustomRules>;

struct InlinePolicy {
  Policy policy;
};

// "fallback_chain"
std::string_view policyName(const Policy& policy);
std::string_view tierName(Tier tier);
std::string_view balanceName(Balance balance);
std::string_view aggregationName(Aggregation aggregation);

}  // namespace penstock::config
