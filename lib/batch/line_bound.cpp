#include "batch/line_bound.h"

#include "pricing/ceiling.h"

namespace penstock::batch {
Result<LineBound> boundLine(const dialect::ChatView& request, bound::Output output,
                            const Pricing& pricing) {
  const pricing::Quote quote =
      pricing.book.quote(pricing.seller, request.model, pricing.now, pricing.unknown);
  if (quote.price == nullptr) {
    return ApiError{ErrorKind::Forbidden, "model_not_priced",
                    "no price is known of model " + request.model +
                        ", and the project's unknown_model_policy is deny",
                    "model"};
  }
  pricing::RequestBound bound = bound::boundOf(
      {request, request.model, pricing.seller.catalogue_id, pricing.anthropic_beta, output}, quote);
  // What comes out of a batch is billed at the tier of batches, whatever a line asks for.
  bound.multiplier_permille =
      pricing.book.multiplier(pricing.seller, request.model, "batch").permille();
  return LineBound{bound.input_tokens + bound.output_tokens,
                   pricing::ceilingCost(*quote.price, bound)};
}

}  // namespace penstock::batch
