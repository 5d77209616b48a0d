#pragma once

#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/embeddings: a string, strings, one array of token ids, or several; dimensions;
// encoding_format float or base64.
void answerEmbeddings(const http::ExchangePtr& exchange);

}  // namespace penstock::demo
