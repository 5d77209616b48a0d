#pragma once

#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/audio/transcriptions and /translations: a sentence that says which file came and how
// long it is, in every response_format, and as events where `stream` is "true".
void answerTranscription(const http::ExchangePtr& exchange);
void answerTranslation(const http::ExchangePtr& exchange);

}  // namespace penstock::demo
