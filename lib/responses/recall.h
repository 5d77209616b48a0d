#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "dialect/responses_request.h"
#include "responses/keeper.h"

namespace penstock::responses {

struct RecallLimits {
  size_t responses = 500;     // that a request goes on from, one after another
  size_t bytes = 16 << 20;    // of their items
  size_t references = 1'000;  // to items
};

// Who has all that a request goes on from, so that it may be named there instead of sent.
struct Holder {
  std::string provider_id;
  std::string account;   // as StoredResponse::account
  UnixMillis since = 0;  // when the first of what is named was made
};

// A request that needs nothing of what came before it any more.
struct Recalled {
  std::string body;
  size_t history_items = 0;  // of its input, before its own
  // Tokens of reasoning that a holder may show to the model, and that are not in the body.
  int64_t unwritten_tokens = 0;
  std::optional<Holder> holder;
};

// Whether there is something to recall.
bool needsRecall(const dialect::ResponsesRequest& request);

// Puts what the project has kept of it into the request. Blocks on the store.
//
// Errors, all the caller's: InvalidRequest/"previous_response_not_found", also where one before
// that is gone; NotFound/"item_not_found"; InvalidRequest/"previous_response_too_long" and
// "too_many_references" beyond the limits.
Result<Recalled> recall(Keeper& keeper, std::string_view project_id,
                        const dialect::ResponsesRequest& request, const RecallLimits& limits = {});

}  // namespace penstock::responses
