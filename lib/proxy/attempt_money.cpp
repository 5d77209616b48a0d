// What an attempt may cost, and what it turned out to: quote → reserve → settle.
#include <algorithm>

#include "dialect/openai_input.h"
#include "dialect/openai_target.h"
#include "pricing/charge.h"
#include "proxy/attempt.h"
#include "proxy/media_money.h"

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

// Whether the caller asks for more context than the model has by default, Anthropic's context-1m.
bool liftsWindow(const RequestScope& scope) {
  return scope.anthropic_beta.find("context-1m") != std::string_view::npos ||
         scope.request.body.find("anthropic_beta") != nullptr;
}

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
  const dialect::InputBound input = request.boundInput();
  pricing::RequestBound bound;
  bound.input_tokens = input.tokens;
  if (quote_.context_window && !liftsWindow(scope_))
    bound.input_tokens = std::min(input.tokens, *quote_.context_window);
  bound.image_input = input.images;
  bound.audio_input = input.audio;
  bound.long_cache = pricesLongCache(*quote_.price) && dialect::mayCacheLong(request);
  if (scope_.endpoint != Endpoint::Embeddings) {
    const int64_t most = quote_.max_output.value_or(quote_.context_window.value_or(kAssumedOutput));
    // More than the model can write is not reserved, however much the caller allows.
    const bool known = quote_.max_output || quote_.context_window;
    const int64_t named = request.max_output_tokens.value_or(most);
    bound.output_tokens = (known ? std::min(named, most) : named) * request.choices;
    bound.audio_output = request.wantsAudio();
    bound.image_output = request.wantsImages();
  }
  bound.web_searches = request.searchesWeb() ? kMostSearches : 0;
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

// The provider did not say, or not all: counts what went in and what came out, so that what is
// recorded is not less than what is owed (dialect/estimate.h). It cannot have been more than the
// request's limit.
void Attempt::estimateUsage() {
  const dialect::ChatView& request = scope_.request;
  const model::Usage said = bill_.usage;
  model::Usage usage;
  usage.source = model::Usage::Source::Estimated;
  usage.input_uncached = input_estimate_ >= 0 ? input_estimate_ : request.estimateInputTokens();
  usage.output_audio = relay_ ? relay_->estimatedAudioTokens() : 0;
  usage.output_text = relay_ ? relay_->estimatedOutputTokens() : wire_->estimateOutput(response_);
  if (const auto limit = request.max_output_tokens)
    usage.output_text = std::min(usage.output_text, *limit * request.choices);
  if (spending_.open()) {
    const pricing::RequestBound& bound = spending_.bound();
    usage.input_uncached = std::min(usage.input_uncached, bound.input_tokens);
    usage.output_text = std::min(usage.output_text, bound.output_tokens);
    usage.output_audio = std::min(usage.output_audio, bound.output_tokens - usage.output_text);
  }
  // What the provider did say stands where it is more.
  bill_.usage = said.output() >= usage.output() && said.input() > 0 ? said : usage;
}

// Whether the provider's counts are from the middle of an answer, or say that there was none where
// there was one: those are no counts.
bool Attempt::isCutShort() const {
  const bool whole = !relay_ || relay_->phase() == dialect::StreamPhase::Done;
  if (!whole) return true;
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
