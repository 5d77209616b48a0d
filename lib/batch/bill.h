#pragma once

#include <string>
#include <vector>

#include "batch/plan.h"
#include "batch/tally.h"
#include "pricing/price.h"

namespace penstock::batch {

// What a batch's answers cost, by the models of its plan. Each answer is priced on its own, at the
// seller's tier of batches. Used by one thread at a time.
class Bill {
 public:
  // The plan and what the pricing refers to must outlive it.
  Bill(const Plan& plan, Pricing pricing);

  void add(const AnsweredLine& answer);
  // Nobody can say what was used: the most that was planned.
  void assumeMost();

  struct Share {
    std::string model;  // as the provider names what it served, else as it was asked for
    int64_t requests = 0;
    model::Usage usage;
    pricing::Cost cost;
    model::PriceBasis basis = model::PriceBasis::Unknown;
    bool estimated = false;
  };
  // In the plan's order.
  const std::vector<Share>& shares() const { return shares_; }

 private:
  size_t shareOf(const std::string& model) const;

  const Plan& plan_;
  const Pricing pricing_;
  std::vector<Share> shares_;
};

}  // namespace penstock::batch
