#pragma once

#include "http/exchange.h"
#include "proxy/loop_context.h"

namespace penstock::proxy {

// GET /models and /models/{id}: the project's routing configs as "@slug" and the models of each
// provider as "provider/model" (spec/modelux.md 13.9); only what the key can use. Answered from the
// snapshot; they take from the key's rate limit like any request.
void listModels(LoopContext& loop, http::Exchange& exchange);
void showModel(LoopContext& loop, http::Exchange& exchange);

}  // namespace penstock::proxy
