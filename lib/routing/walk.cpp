#include "routing/walk.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "routing/balance.h"
#include "routing/order.h"

namespace penstock::routing {
namespace {

using namespace config;  // the policies

// The share of a hash or a random number, in [0, whole).
int64_t shareOf(uint64_t number, int64_t whole) {
  return static_cast<int64_t>(number % static_cast<uint64_t>(whole));
}

// A number that is the same for the same texts on every machine and in every run.
uint64_t stableHash(std::string_view a, std::string_view b) {
  std::string text(a);
  text.push_back('\0');
  text.append(b);
  const Sha256 digest = sha256(text);
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
  return number;
}

// "tags.team is 'sales'; tags.team == 'support' is false"
std::string whyOf(const rules::Explanation& explanation) {
  std::string why;
  for (const rules::Finding& finding : explanation.findings) {
    for (const rules::FoundValue& found : finding.found) {
      why.append(why.empty() ? "" : "; ").append(found.variable).append(" is ").append(found.value);
    }
    why.append(why.empty() ? "" : "; ").append(finding.source);
    why.append(finding.outcome ? " is true" : " is false");
  }
  return why;
}

// How one walk goes: what targets inherit from the places that led to them.
struct Inherited {
  const ChainRules* rules = nullptr;
  std::optional<int64_t> timeout_ms;
};

class Walk {
 public:
  Walk(const Question& question, Decision& decision) : question_(question), decision_(decision) {}

  void config(const RoutingConfig& config) {
    decision_.path.push_back("@" + config.head.slug);
    std::visit([&](const auto& policy) { follow(policy, config); }, config.policy);
  }

 private:
  // Policies that choose where to go on

  void follow(const AbTest& policy, const RoutingConfig& config) {
    const int64_t whole = std::accumulate(
        policy.variants.begin(), policy.variants.end(), int64_t{0},
        [](int64_t sum, const AbTest::Variant& variant) { return sum + variant.weight; });
    const std::string_view key = question_.request.stickyKey();
    const uint64_t number =
        key.empty() ? question_.environment.random() : stableHash(config.head.id, key);
    int64_t place = shareOf(number, whole);
    for (const AbTest::Variant& variant : policy.variants) {
      place -= variant.weight;
      if (place >= 0) continue;
      decision_.ab_variant = variant.name;
      addReason("variant " + variant.name);
      return route(variant.route, config);
    }
  }

  void follow(const CustomRules& policy, const RoutingConfig& config) {
    for (const CustomRules::Rule& rule : policy.rules) {
      if (!test(rule.condition)) continue;
      addReason("rule " + std::to_string(decision_.rules.size() - 1) + " matched");
      return route(rule.then, config);
    }
    decision_.rules.push_back({"else", true});
    addReason("no rule matched");
    route(policy.otherwise, config);
  }

  bool test(const rules::Expression& condition) {
    if (question_.detail == Detail::Brief) {
      const bool matched = condition.matches(question_.request.facts());
      decision_.rules.push_back({condition.text(), matched});
      return matched;
    }
    const rules::Explanation explanation = condition.explain(question_.request.facts());
    decision_.rules.push_back({condition.text(), explanation.matched, whyOf(explanation)});
    return explanation.matched;
  }

  void route(const Route& route, const RoutingConfig& from) {
    if (const auto* target = std::get_if<PolicyTarget>(&route)) {
      addTarget(decision_.line, *target, {}, "named by the policy");
    } else if (const auto* reference = std::get_if<ConfigReference>(&route)) {
      if (const RoutingConfig* next = find(*reference)) config(*next);
    } else if (const auto* refusal = std::get_if<Refusal>(&route)) {
      decision_.shape = Shape::Refused;
      decision_.refusal = refusal->message;
    } else {
      const auto& written = std::get<std::shared_ptr<const InlinePolicy>>(route);
      std::visit([&](const auto& policy) { follow(policy, from); }, written->policy);
    }
  }

  // Policies that name targets

  template <typename P>
  void follow(const P& policy, const RoutingConfig&) {
    addLine(decision_.line, policy, {});
  }

  void follow(const Ensemble& policy, const RoutingConfig&) {
    decision_.shape = Shape::Ensemble;
    decision_.ensemble = &policy;
    addReason(std::string(aggregationName(policy.aggregation)) + " of " +
              std::to_string(policy.members.size()));
    for (const Ensemble::Member& member : policy.members) {
      Branch branch{.line = {}, .weight = member.weight};
      addRoute(branch.line, member.route, {nullptr, policy.timeout_ms});
      decision_.branches.push_back(std::move(branch));
    }
  }

  void follow(const Cascade& policy, const RoutingConfig&) {
    decision_.shape = Shape::Cascade;
    for (const Cascade::Step& step : policy.steps) {
      Branch branch{.line = {}, .weight = 1, .accept = &step.accept};
      addRoute(branch.line, step.route, {nullptr, step.timeout_ms});
      decision_.branches.push_back(std::move(branch));
    }
  }

  // Lines

  void addLine(Line& line, const SinglePolicy& policy, Inherited inherited) {
    use(policy.rules, line, inherited);
    addTarget(line, policy.target, inherited, "single target");
  }

  void addLine(Line& line, const FallbackChain& policy, Inherited inherited) {
    use(policy.rules, line, inherited);
    for (size_t i = 0; i < policy.models.size(); ++i) {
      place_ = i + 1;
      addRoute(line, policy.models[i], inherited);
    }
  }

  void addLine(Line& line, const CostOptimized& policy, Inherited inherited) {
    use(policy.rules, line, inherited);
    for (Placed& placed : byCost(policy, question_, line.passed)) {
      addTarget(line, *placed.target, inherited, std::move(placed.reason));
    }
  }

  void addLine(Line& line, const LatencyOptimized& policy, Inherited inherited) {
    use(policy.rules, line, inherited);
    for (Placed& placed : byLatency(policy, question_, line.passed)) {
      addTarget(line, *placed.target, inherited, std::move(placed.reason));
    }
  }

  // A choice inside of a list of models: it is made, and what it leads to joins the list.
  void addLine(Line& line, const AbTest& policy, Inherited inherited) {
    Decision inner;
    Walk(question_, inner).follow(policy, *innermost_);
    adopt(line, std::move(inner), inherited);
  }
  void addLine(Line& line, const CustomRules& policy, Inherited inherited) {
    Decision inner;
    Walk(question_, inner).follow(policy, *innermost_);
    adopt(line, std::move(inner), inherited);
  }
  // Never one of several models: config/references.h refuses it.
  void addLine(Line&, const Ensemble&, Inherited) {}
  void addLine(Line&, const Cascade&, Inherited) {}

  void adopt(Line& line, Decision inner, const Inherited& inherited) {
    for (Candidate& candidate : inner.line.candidates) {
      if (candidate.rules == nullptr) candidate.rules = inherited.rules;
      if (!candidate.timeout_ms) candidate.timeout_ms = inherited.timeout_ms;
      line.candidates.push_back(std::move(candidate));
    }
    for (Passed& passed : inner.line.passed) line.passed.push_back(std::move(passed));
    for (auto& rule : inner.rules) decision_.rules.push_back(std::move(rule));
    if (decision_.ab_variant.empty()) decision_.ab_variant = std::move(inner.ab_variant);
  }

  void addRoute(Line& line, const Route& route, Inherited inherited) {
    if (const auto* target = std::get_if<PolicyTarget>(&route)) {
      addTarget(line, *target, inherited,
                place_ == 0 ? std::string() : fmt::format("place {} of the chain", place_));
      return;
    }
    const auto* reference = std::get_if<ConfigReference>(&route);
    const RoutingConfig* next = reference == nullptr ? nullptr : find(*reference);
    if (next == nullptr) return;
    if (reference->timeout_ms) inherited.timeout_ms = reference->timeout_ms;
    decision_.path.push_back("@" + next->head.slug);
    innermost_ = next;
    std::visit([&](const auto& policy) { addLine(line, policy, inherited); }, next->policy);
  }

  static void use(const ChainRules& rules, Line& line, Inherited& inherited) {
    // The outermost chain's budget and hedge hold; each list's own rules say when it goes on.
    inherited.rules = &rules;
    if (!line.total_budget_ms) line.total_budget_ms = rules.total_budget_ms;
    if (!line.hedge) line.hedge = rules.hedge;
  }

  // The target at each of its credentials, in the order of its balance.
  void addTarget(Line& line, const PolicyTarget& target, const Inherited& inherited,
                 std::string reason) {
    std::vector<Candidate> found;
    std::vector<routing::Credential> pool;
    for (const config::Credential& credential : target.credentials) {
      const model::Provider* provider = question_.snapshot.findProvider(credential.provider_id);
      if (provider == nullptr) continue;
      Candidate candidate{.provider = provider, .model = target.model};
      candidate.timeout_ms = target.timeout_ms ? target.timeout_ms : inherited.timeout_ms;
      candidate.rules = inherited.rules;
      candidate.view = question_.environment.view(*provider, target.model);
      pool.push_back({provider->id, static_cast<double>(credential.weight), candidate.view});
      found.push_back(std::move(candidate));
    }
    if (found.size() == 1) {
      found[0].reason = std::move(reason);
      line.candidates.push_back(std::move(found[0]));
      return;
    }
    for (const size_t place : orderOf(target.balance, pool)) {
      found[place].reason =
          fmt::format("{}; {} of {} credentials", reason, balanceName(target.balance), pool.size());
      line.candidates.push_back(std::move(found[place]));
    }
  }

  std::vector<size_t> orderOf(Balance balance, const std::vector<routing::Credential>& pool) {
    switch (balance) {
      case Balance::LeastBusy: return orderLeastBusy(pool, question_.environment.random());
      case Balance::Affinity: {
        const uint64_t key = question_.request.affinityKey();
        if (key != 0) return orderByAffinity(pool, key);
        return orderLeastBusy(pool, question_.environment.random());
      }
      case Balance::Weighted: break;
    }
    return orderWeighted(pool, question_.environment.random());
  }

  const RoutingConfig* find(const ConfigReference& reference) const {
    return question_.snapshot.findRoutingConfig(question_.project.id, reference.slug);
  }

  void addReason(std::string_view text) {
    if (!decision_.reason.empty()) decision_.reason += "; ";
    decision_.reason += text;
  }

  const Question& question_;
  Decision& decision_;
  const RoutingConfig* innermost_ = nullptr;
  size_t place_ = 0;
};

bool isEmpty(const Decision& decision) {
  switch (decision.shape) {
    case Shape::Refused: return false;
    case Shape::Chain: return decision.line.candidates.empty();
    case Shape::Ensemble:
    case Shape::Cascade: break;
  }
  return std::ranges::all_of(decision.branches,
                             [](const Branch& branch) { return branch.line.candidates.empty(); });
}

}  // namespace

void readyFirst(Line& line) {
  const auto rank = [](const Candidate& candidate) {
    switch (candidate.view.readiness) {
      case Readiness::Ready:
      case Readiness::Probe: return 0;
      case Readiness::Last: return 1;
      case Readiness::Blocked: return 2;
    }
    return 0;
  };
  if (line.candidates.size() < 2) return;
  std::stable_sort(line.candidates.begin(), line.candidates.end(),
                   [&](const Candidate& a, const Candidate& b) { return rank(a) < rank(b); });
}

Status walk(const config::RoutingConfig& config, const Question& question, Decision& decision) {
  Walk(question, decision).config(config);
  readyFirst(decision.line);
  for (Branch& branch : decision.branches) readyFirst(branch.line);
  std::erase_if(decision.branches, [](const Branch& b) { return b.line.candidates.empty(); });
  if (!isEmpty(decision)) return Unit{};
  ApiError error{
      ErrorKind::NotFound, "no_target",
      "routing config @" + config.head.slug + " has no target that can serve the request", "model"};
  if (!decision.line.passed.empty()) {
    const Passed& last = decision.line.passed.front();
    error.message += ": " + last.model + " " + last.reason;
  }
  return error;
}

}  // namespace penstock::routing
