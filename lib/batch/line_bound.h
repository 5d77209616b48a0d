#pragma once

#include "base/result.h"
#include "batch/plan.h"
#include "dialect/chat_view.h"

namespace penstock::batch {

// What a request of a batch can use and cost at most.
struct LineBound {
  int64_t tokens = 0;
  Money most;
};

enum class LineKind : uint8_t { Chat, Embeddings };

// Forbidden/"model_not_priced" where the project denies models without a price.
Result<LineBound> boundLine(const dialect::ChatView& request, LineKind kind,
                            const Pricing& pricing);

}  // namespace penstock::batch
