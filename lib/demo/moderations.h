#pragma once

#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/moderations: flags a text for violence when it mentions it by one of a few words. A
// text, several, or parts of which the texts count.
void answerModeration(const http::ExchangePtr& exchange);

}  // namespace penstock::demo
