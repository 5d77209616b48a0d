#pragma once

#include "base/clock.h"
#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/chat/completions, streaming or not.
void answerChat(const Clock& clock, const http::ExchangePtr& exchange);

}  // namespace penstock::demo
