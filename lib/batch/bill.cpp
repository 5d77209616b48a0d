#include "batch/bill.h"

#include <algorithm>

#include "model/usage_sum.h"

namespace penstock::batch {
namespace {

// An even part of what was planned, for an answer that does not say what it used.
model::Usage partOf(const ModelPlan& share) {
  model::Usage usage;
  usage.source = model::Usage::Source::Estimated;
  usage.input_uncached = share.tokens / std::max<int64_t>(share.requests, 1);
  return usage;
}

}  // namespace

Bill::Bill(const Plan& plan, Pricing pricing) : plan_(plan), pricing_(pricing) {
  for (const ModelPlan& share : plan.models) shares_.push_back({.model = share.model});
}

// Answers name the model with its date: the longest name that was asked for and begins theirs.
size_t Bill::shareOf(const std::string& model) const {
  size_t found = 0;
  size_t longest = 0;
  for (size_t i = 0; i < plan_.models.size(); ++i) {
    const std::string& asked = plan_.models[i].model;
    if (!model.starts_with(asked) || asked.size() <= longest) continue;
    longest = asked.size();
    found = i;
  }
  return found;
}

void Bill::add(const AnsweredLine& answer) {
  const size_t place = shareOf(answer.model);
  const ModelPlan& planned = plan_.models[place];
  Share& share = shares_[place];
  ++share.requests;
  const pricing::PriceBook& book = pricing_.book;
  const pricing::Quote asked =
      book.quote(pricing_.seller, planned.model, pricing_.now, pricing_.unknown);
  const std::string& served = answer.model.empty() ? planned.model : answer.model;
  const pricing::Quote quote = book.quoteAnswered(asked, pricing_.seller, served, pricing_.now);
  share.model = served;
  share.basis = quote.basis;
  pricing::Cost cost;
  const bool told = answer.usage.source == model::Usage::Source::Provider;
  if (!told) {
    share.estimated = true;
    cost.total = cost.input = {planned.most.nanos / std::max<int64_t>(planned.requests, 1)};
  } else if (quote.price != nullptr) {
    cost = pricing::costOf(*quote.price, answer.usage,
                           book.multiplier(pricing_.seller, served, "batch"));
  }
  model::add(told ? answer.usage : partOf(planned), share.usage);
  share.cost.input += cost.input;
  share.cost.output += cost.output;
  share.cost.total += cost.total;
}

void Bill::assumeMost() {
  for (size_t i = 0; i < shares_.size(); ++i) {
    const ModelPlan& planned = plan_.models[i];
    Share& share = shares_[i];
    share = {.model = planned.model, .requests = planned.requests, .estimated = true};
    share.basis = model::PriceBasis::Ceiling;
    share.usage.source = model::Usage::Source::Estimated;
    share.usage.input_uncached = planned.tokens;
    share.cost.input = share.cost.total = planned.most;
  }
}

}  // namespace penstock::batch
