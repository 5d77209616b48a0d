// The pipeline's business with budgets: reserve, and what follows from it.
#include <algorithm>

#include "dialect/openai_input.h"
#include "proxy/budget_answer.h"
#include "proxy/pipeline.h"

namespace penstock::proxy {
namespace {

// Of models of which neither the limit nor the window is known.
constexpr int64_t kAssumedOutput = 131'072;
// Less than this is no answer; some providers refuse a smaller limit.
constexpr int64_t kLeastOutput = 16;
// Nobody lets the caller bound them; a model that searches on its own account does so a few times.
constexpr int64_t kMostSearches = 30;

// Whether writing to the cache for an hour costs more than writing to it.
bool pricesLongCache(const pricing::Price& price) {
  const auto dearer = [](const pricing::Rates& rates) {
    return rates.cache_write_1h > rates.cache_write;
  };
  return dearer(price.base) ||
         std::ranges::any_of(price.tiers, [&](const auto& tier) { return dearer(tier.rates); });
}

}  // namespace

// Before a call: the most that it can cost is set aside in every budget that binds it.
void Pipeline::reserve() {
  if (Status prepared = prepare(); !prepared) return answerFailure(prepared.error());
  // Called on the ledger's thread: the loop may have let go of us by the time it is our turn.
  const auto resume = [weak = weak_from_this(), &loop = loop_.loop](const Status& ready) {
    loop.post([weak, ready] {
      if (const auto pipeline = weak.lock()) pipeline->onLedger(ready);
    });
  };
  switch (spending_.reserve(loop_.shared.ledger, ask(), resume)) {
    case Spending::Outcome::Reserved:
      if (spending_.open()) row_.cost_reserved = spending_.reserved();
      return attempt();
    case Spending::Outcome::Later: return;
    case Spending::Outcome::Downgrade: return downgrade();
    case Spending::Outcome::Refused: return answerRefusal();
  }
}

void Pipeline::onLedger(const Status& ready) {
  if (done_) return;
  if (!ready) return answerFailure(ready.error());
  reserve();
}

// A budget is used up that sends its requests elsewhere from then on. Where that does not lead
// anywhere, it blocks: a cap that a typing error lifts is none.
void Pipeline::downgrade() {
  const model::Budget& budget = *spending_.enforced()->budget;
  auto decision = routing::decide(*caller_.snapshot, *caller_.project, budget.downgrade_to);
  if (!decision) {
    loop_.shared.log.warn("budget_downgrade_failed", {{"budget", budget.id},
                                                      {"downgrade_to", budget.downgrade_to},
                                                      {"reason", decision.error().message}});
    return answerRefusal();
  }
  decision_.emplace(std::move(*decision));
  spending_.downgraded();
  reserve();
}

pricing::RequestBound Pipeline::bound() const {
  const dialect::InputBound input = dialect::inputBound(*request_);
  pricing::RequestBound bound;
  bound.input_tokens = std::min(input.tokens, quote_.context_window.value_or(input.tokens));
  bound.image_input = input.images;
  bound.audio_input = input.audio;
  bound.long_cache = pricesLongCache(*quote_.price) && dialect::mayCacheLong(*request_);
  if (endpoint_ != Endpoint::Embeddings) {
    const int64_t most = quote_.max_output.value_or(quote_.context_window.value_or(kAssumedOutput));
    // More than the model can write is not reserved, however much the caller allows.
    const bool known = quote_.max_output || quote_.context_window;
    const int64_t named = request_->max_output_tokens.value_or(most);
    bound.output_tokens = (known ? std::min(named, most) : named) * request_->choices;
    bound.audio_output = request_->wantsAudio();
    bound.image_output = request_->wantsImages();
  }
  bound.web_searches = request_->searchesWeb() ? kMostSearches : 0;
  bound.multiplier_permille = prices().dearestPermille(seller_, row_.model, request_->service_tier);
  return bound;
}

Spending::Ask Pipeline::ask() const {
  const bool of_config = !row_.routing_config_id.empty();
  Spending::Ask ask{
      .budgets = caller_.snapshot->budgets(),
      .subject = {caller_.project->id, caller_.key->id, row_.end_user, row_.routing_config_id,
                  row_.provider_id, model_key_, row_.tags},
      .budgeted = of_config || caller_.project->settings.budget_bare_models,
      .price = *quote_.price,
      .bound = {},
      .choices = request_->choices,
      .limited = request_->max_output_tokens.has_value(),
      .now = row_.created_at,
  };
  if (ask.budgets.all().empty()) return ask;  // the bound walks the messages
  ask.bound = bound();
  if (endpoint_ != Endpoint::Embeddings) ask.least_output = kLeastOutput;
  return ask;
}

std::optional<dialect::OutputLimit> Pipeline::outputLimit() const {
  const auto limit = spending_.outputLimit();
  if (!limit) return std::nullopt;
  const bool openai = seller_.catalogue_id == "openai" || seller_.catalogue_id == "azure";
  return dialect::OutputLimit{*limit, openai ? "max_completion_tokens" : "max_tokens"};
}

void Pipeline::answerRefusal() {
  const auto keep = weak_from_this().lock();
  // What is refused must not eat the allowance of what is not.
  if (rate_) loop_.bucket(caller_.key->id).putBack(rate_->limit);
  Refusal refusal = budgetRefusal(spending_, loop_.shared.clock.now());
  addHeaders(refusal.response.headers);
  finish(refusal.response.status, std::move(refusal.code));
  exchange_->respond(refusal.response);
}

// What the request turned out to cost, to the budgets.
void Pipeline::charge() {
  if (!spending_.open()) return;
  spending_.settle(row_.usage, row_.cost_total);
  const bool provider_said = row_.usage.source == model::Usage::Source::Provider;
  row_.settlement = provider_said ? model::Settlement::Settled : model::Settlement::Estimated;
  row_.settlement_reason = provider_said ? "usage" : "no_usage";
}

}  // namespace penstock::proxy
