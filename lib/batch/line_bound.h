#pragma once

#include "base/result.h"
#include "batch/plan.h"
#include "bound/chat_bound.h"
#include "dialect/chat_view.h"

namespace penstock::batch {

// What a request of a batch can use and cost at most.
struct LineBound {
  int64_t tokens = 0;
  Money most;
};

// Forbidden/"model_not_priced" where the project denies models without a price.
Result<LineBound> boundLine(const dialect::ChatView& request, bound::Output output,
                            const Pricing& pricing);

}  // namespace penstock::batch
