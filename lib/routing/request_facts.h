#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "config/snapshot.h"
#include "routing/environment.h"
#include "rules/facts.h"

namespace penstock::routing {

// What rules may ask about a request, from where it comes from. Costly facts are computed when a
// rule first asks, and kept. Lives for one decision, on one thread.
class RequestFacts final : public rules::Facts {
 public:
  struct Budget {
    std::string_view name;
    double used = 0;  // of its cap, 0 to 1 and above
    std::optional<double> remaining_usd;
  };
  struct Source {
    std::span<const std::pair<std::string, std::string>> tags;
    std::string_view end_user, project, model;
    const RequestTraits& request;
    std::optional<double> temperature;
    bool stream = false;
    // Of the budgets that bind the request whatever it is routed to.
    std::function<std::vector<Budget>()> budgets;
    const config::RoutingConfig* config;  // asked for; null: none
    const config::Snapshot& snapshot;
    Environment& environment;
  };
  explicit RequestFacts(Source source) : source_(std::move(source)) {}

  rules::Value value(rules::Variable variable, std::string_view key) const override;

 private:
  rules::Value ofRequest(rules::Variable variable, std::string_view key) const;
  rules::Value ofBudget(rules::Variable variable, std::string_view key) const;
  rules::Value ofProvider(rules::Variable variable, std::string_view key) const;
  rules::Value costEstimate() const;
  const std::vector<Budget>& budgets() const;

  const Source source_;
  mutable std::optional<std::vector<Budget>> budgets_;
  mutable std::optional<rules::Value> cost_;
};

}  // namespace penstock::routing
