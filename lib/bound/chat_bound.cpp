#include "bound/chat_bound.h"

#include <algorithm>

#include "dialect/gemini_target.h"
#include "dialect/openai_input.h"
#include "dialect/openai_target.h"

namespace penstock::bound {
namespace {

// Of models of which neither the limit nor the window is known.
constexpr int64_t kAssumedOutput = 131'072;
// Nobody lets the caller bound them.
constexpr int64_t kMostSearches = 30, kMostOfDeepResearch = 100;

// Whether writing to the cache for an hour costs more than writing to it.
bool pricesLongCache(const pricing::Price& price) {
  const auto dearer = [](const pricing::Rates& rates) {
    return rates.cache_write_1h > rates.cache_write;
  };
  return dearer(price.base) ||
         std::ranges::any_of(price.tiers, [&](const auto& tier) { return dearer(tier.rates); });
}

// Names of betas may be in the body as well, where Bedrock wants them.
bool liftsWindow(const Asked& asked) {
  return asked.anthropic_beta.find("context-1m") != std::string_view::npos ||
         asked.request.body.find("anthropic_beta") != nullptr;
}

int64_t mostSearches(const Asked& asked) {
  if (dialect::searchesAlways(asked.model)) return 1;
  if (asked.model.find("deep-research") != std::string_view::npos) return kMostOfDeepResearch;
  if (!asked.request.searchesWeb()) return 0;
  const bool by_prompt =
      asked.seller == "google" && dialect::geminiTargetOf(asked.model).searches_by_prompt;
  return by_prompt ? 1 : kMostSearches;
}

}  // namespace

int64_t mostOutput(const dialect::ChatView& request, const pricing::Quote& quote) {
  const bool known = quote.max_output || quote.context_window;
  const int64_t most = quote.max_output.value_or(quote.context_window.value_or(kAssumedOutput));
  const int64_t named = request.max_output_tokens.value_or(most);
  return (known ? std::min(named, most) : named) * request.choices;
}

pricing::RequestBound boundOf(const Asked& asked, const pricing::Quote& quote) {
  const dialect::ChatView& request = asked.request;
  const dialect::InputBound input = request.boundInput();
  pricing::RequestBound bound;
  bound.input_tokens = input.tokens;
  if (quote.context_window && !liftsWindow(asked))
    bound.input_tokens = std::min(input.tokens, *quote.context_window);
  bound.image_input = input.images;
  bound.audio_input = input.audio;
  bound.long_cache = pricesLongCache(*quote.price) && dialect::mayCacheLong(request);
  if (asked.output == Output::Chat) {
    bound.output_tokens = mostOutput(request, quote);
    bound.audio_output = request.wantsAudio();
    bound.image_output = request.wantsImages();
  }
  bound.web_searches = mostSearches(asked);
  return bound;
}

}  // namespace penstock::bound
