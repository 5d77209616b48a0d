#include "batch/line_bound.h"

#include <algorithm>

#include "dialect/openai_input.h"
#include "pricing/ceiling.h"

namespace penstock::batch {
namespace {

// Of models of which neither the limit nor the window is known.
constexpr int64_t kAssumedOutput = 131'072;
// Nobody lets the caller bound them; a model that searches on its own account does so a few times.
constexpr int64_t kMostSearches = 30;

}  // namespace

Result<LineBound> boundLine(const dialect::ChatView& request, LineKind kind,
                            const Pricing& pricing) {
  const pricing::Quote quote =
      pricing.book.quote(pricing.seller, request.model, pricing.now, pricing.unknown);
  if (quote.price == nullptr) {
    return ApiError{ErrorKind::Forbidden, "model_not_priced",
                    "no price is known of model " + request.model +
                        ", and the project's unknown_model_policy is deny",
                    "model"};
  }
  const dialect::InputBound input = request.boundInput();
  pricing::RequestBound bound;
  bound.input_tokens = std::min(input.tokens, quote.context_window.value_or(input.tokens));
  bound.image_input = input.images;
  bound.audio_input = input.audio;
  bound.long_cache = dialect::mayCacheLong(request);
  if (kind == LineKind::Chat) {
    const int64_t most = quote.max_output.value_or(quote.context_window.value_or(kAssumedOutput));
    const bool known = quote.max_output || quote.context_window;
    const int64_t named = request.max_output_tokens.value_or(most);
    bound.output_tokens = (known ? std::min(named, most) : named) * request.choices;
    bound.audio_output = request.wantsAudio();
    bound.image_output = request.wantsImages();
  }
  bound.web_searches = request.searchesWeb() ? kMostSearches : 0;
  // What comes out of a batch is billed at the tier of batches, whatever a line asks for.
  bound.multiplier_permille =
      pricing.book.multiplier(pricing.seller, request.model, "batch").permille();
  return LineBound{bound.input_tokens + bound.output_tokens,
                   pricing::ceilingCost(*quote.price, bound)};
}

}  // namespace penstock::batch
