// What an attempt may cost, and what it turned out to: quote → reserve → settle.
#include <algorithm>
#include <limits>

#include "base/text.h"
#include "bound/chat_bound.h"
#include "dialect/openai_target.h"
#include "dialect/unseen_output.h"
#include "json/raw.h"
#include "pricing/charge.h"
#include "proxy/attempt.h"
#include "proxy/media_money.h"

namespace penstock::proxy {
namespace {

// Less than this is no answer; some providers refuse a smaller limit.
constexpr int64_t kLeastOutput = 16;

}  // namespace

pricing::PriceBook Attempt::prices() const {
  return {scope_.loop.shared.prices, scope_.caller.snapshot->prices()};
}

Status Attempt::quote() {
  seller_ = {candidate_.provider->name, target_->catalogue_provider};
  quote_ = prices().quote(seller_, candidate_.model, scope_.row.created_at,
                          scope_.caller.project->settings.unknown_model_policy);
  if (quote_.price != nullptr) return Unit{};
  return ApiError{ErrorKind::Forbidden, "model_not_priced",
                  "no price is known of model " + candidate_.model + " at provider " +
                      candidate_.provider->name +
                      ", and the project's unknown_model_policy is deny: set a price for it",
                  "model"};
}

pricing::RequestBound Attempt::bound() const {
  const dialect::ChatView& request = scope_.request;
  if (scope_.media != nullptr) {
    pricing::RequestBound of_media =
        mediaBound(*scope_.media, candidate_.model, quote_.context_window);
    of_media.multiplier_permille =
        scope_.loop.dearestPermille(prices(), seller_, candidate_.model, {});
    return of_media;
  }
  const bound::Output output =
      scope_.endpoint == Endpoint::Embeddings ? bound::Output::None : bound::Output::Chat;
  pricing::RequestBound bound = bound::boundOf(
      {request, candidate_.model, seller_.catalogue_id, scope_.anthropic_beta, output}, quote_);
  bound.multiplier_permille =
      scope_.loop.dearestPermille(prices(), seller_, candidate_.model,
                                  {request.service_tier, request.body.find("speed") != nullptr});
  return bound;
}

Spending::Ask Attempt::ask() const {
  const model::RequestLog& row = scope_.row;
  const bool of_config = !row.routing_config_id.empty();
  Spending::Ask ask{
      .budgets = scope_.caller.snapshot->budgets(),
      .subject = {scope_.caller.project->id, scope_.caller.key->id, row.end_user,
                  row.routing_config_id, candidate_.provider->id, model_key_, row.tags},
      .budgeted = of_config || scope_.caller.project->settings.budget_bare_models,
      .price = *quote_.price,
      .bound = {},
      .choices = scope_.request.choices,
      .limited = scope_.request.max_output_tokens.has_value(),
      .now = row.created_at,
      .siblings = &scope_.spendings,
  };
  if (ask.budgets.all().empty()) return ask;  // the bound walks the messages
  ask.bound = bound();
  if (scope_.endpoint == Endpoint::Chat || scope_.endpoint == Endpoint::ChatDryRun)
    ask.least_output = kLeastOutput;
  return ask;
}

std::optional<dialect::OutputLimit> Attempt::outputLimit() const {
  const auto limit = spending_.outputLimit();
  if (!limit) return std::nullopt;
  if (target_->endpoint.newer_limit) return dialect::OutputLimit{*limit, "max_completion_tokens"};
  return dialect::OutputLimit{*limit, dialect::openAiTargetOf(candidate_.model).limit_field};
}

// The dearer tier that an answer which never came was to be served at; empty: none.
std::string Attempt::askedTier() const {
  if (scope_.media != nullptr) return {};
  std::string tier = asciiLower(scope_.request.service_tier);
  // No translation tells it.
  const bool told = wire_->provider() == dialect::Dialect::Anthropic && wire_->passesThrough();
  const json::Member* speed = told ? scope_.request.body.find("speed") : nullptr;
  if (speed != nullptr && json::rawString(speed->value) == "fast") tier += ",speed=fast";
  const bool dearer = prices().multiplier(seller_, candidate_.model, tier).permille() > 1000;
  return dearer ? tier : std::string();
}

// Brings usage into its final form, prices it, and ends the reservation.
void Attempt::settle() {
  if (!billable_) {
    if (!spending_.open()) return;
    spending_.release();  // nothing was used
    bill_.settlement = model::Settlement::Released;
    bill_.settlement_reason = record_.status;
    return;
  }
  if (relay_) {
    bill_.usage = relay_->usage();
    bill_.service_tier = relay_->serviceTier();
    if (!relay_->model().empty()) bill_.model = relay_->model();
  }
  if (bill_.service_tier.empty()) bill_.service_tier = head_tier_;
  if (bill_.service_tier.empty() && !relay_ && !whole_) bill_.service_tier = askedTier();
  if (scope_.endpoint == Endpoint::Chat && dialect::searchesAlways(candidate_.model))
    bill_.usage.web_searches = std::max<int64_t>(bill_.usage.web_searches, 1);
  const bool unsaid = bill_.usage.source == model::Usage::Source::None || isCutShort();
  if (unsaid && scope_.media == nullptr) estimateUsage();
  bill_.catalogue_version = prices().version();
  const pricing::Quote quote =
      prices().quoteAnswered(quote_, seller_, bill_.model, scope_.row.created_at);
  bill_.basis = quote.basis;
  if (scope_.media != nullptr)
    completeUsage(*scope_.media, candidate_.model, quote.price, bill_.usage);
  if (quote.price != nullptr) {
    const pricing::Charge by = pricing::chargeOf(
        *quote.price, bill_.usage, prices().multiplier(seller_, bill_.model, bill_.service_tier));
    bill_.cost = by.cost(bill_.usage);
    bill_.charge = pricing::formatCharge(by);
  }
  charge();
}

// The provider did not say, or not all: counts what went in and what came out, and by the time it
// took what came out unseen, so that what is recorded is not less than what is owed
// (dialect/estimate.h, dialect/unseen_output.h). It cannot have been more than the request's limit.
// What the provider did say stands: its input, and its output but for Anthropic's first word on it.
void Attempt::estimateUsage() {
  using Source = model::Usage::Source;
  const dialect::ChatView& request = scope_.request;
  model::Usage& usage = bill_.usage;
  int64_t most_input = std::numeric_limits<int64_t>::max();
  int64_t most = scope_.endpoint == Endpoint::Embeddings ? 0 : bound::mostOutput(request, quote_);
  if (spending_.open()) {
    most_input = spending_.bound().input_tokens;
    most = std::min(most, spending_.bound().output_tokens);
  }
  const bool counted = usage.input() > 0;
  if (!counted) {
    const int64_t input = input_estimate_ >= 0 ? input_estimate_ : request.estimateInputTokens();
    usage.input_uncached = std::min(input, most_input);
    usage.source = Source::Estimated;
  }
  if (usage.output() > 0 && wire_->provider() != dialect::Dialect::Anthropic) return;
  int64_t text = relay_ ? relay_->estimatedOutputTokens() : wire_->estimateOutput(response_);
  int64_t audio = relay_ ? relay_->estimatedAudioTokens() : 0;
  // What is whole and has counts had no more; Gemini has none only where it refused the prompt.
  const bool told = counted || wire_->provider() == dialect::Dialect::Gemini;
  int64_t unseen = told && isWhole() ? 0 : unseenTokens(text);
  for (int64_t* part : {&text, &audio, &unseen}) {
    *part = std::min(*part, most);
    most -= *part;
  }
  if (text + audio + unseen <= usage.output()) return;
  usage.output_text = text;
  usage.output_audio = audio;
  usage.output_reasoning = unseen;
  usage.source = Source::Estimated;
}

// The most that was made and that nobody saw, beside the output that was seen: what a model may
// think before it answers, and a whole answer that never came.
int64_t Attempt::unseenTokens(int64_t seen) const {
  if (scope_.endpoint == Endpoint::Embeddings) return 0;
  // Of a stream nothing comes before its head, and what is whole where a stream was asked for is
  // made all the same.
  const bool underway = !relay_ && !whole_ && (!streams() || upstream_status_ == 200);
  if (!underway && !mayThinkUnseen()) return 0;
  const std::string& id = candidate_.provider->vendor;
  const int64_t time = answering_us_ >= 0 ? answering_us_ : micros();
  const int64_t most =
      dialect::mostTokensIn(time, seller_.catalogue_id.empty() ? id : seller_.catalogue_id) *
      scope_.request.choices;
  // A whole answer took its time as well; of a stream this is the time before it.
  return relay_ ? most : std::max<int64_t>(0, most - seen);
}

bool Attempt::mayThinkUnseen() const {
  if (may_think_) return *may_think_;
  return dialect::mayThinkUnseen(candidate_.model, scope_.request) ||
         dialect::mayThinkUnseen(bill_.model, scope_.request);
}

bool Attempt::isWhole() const {
  return relay_ ? relay_->phase() == dialect::StreamPhase::Done : whole_;
}

// Whether the provider's counts are from the middle of an answer, or say that there was none where
// there was one: those are no counts.
bool Attempt::isCutShort() const {
  if (!isWhole()) return true;
  if (scope_.endpoint == Endpoint::Embeddings) return bill_.usage.input() == 0;
  return bill_.usage.output() == 0 || bill_.usage.input() == 0;
}

// What it turned out to cost, to the budgets.
void Attempt::charge() {
  if (!spending_.open()) return;
  spending_.settle(bill_.usage, bill_.cost.total);
  const bool provider_said = bill_.usage.source == model::Usage::Source::Provider;
  bill_.settlement = provider_said ? model::Settlement::Settled : model::Settlement::Estimated;
  bill_.settlement_reason = provider_said ? "usage" : "no_usage";
}

}  // namespace penstock::proxy
