#pragma once

#include <string_view>

#include "base/clock.h"
#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/chat/completions, streaming or not.
void answerChat(const Clock& clock, const http::ExchangePtr& exchange);

// The same for a request of a batch, whole and at once: of its faults only the status is obeyed.
http::Response wholeChat(std::string_view body, const Clock& clock);

}  // namespace penstock::demo
