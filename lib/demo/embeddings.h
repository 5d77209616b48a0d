#pragma once

#include <string_view>

#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/embeddings: a string, strings, one array of token ids, or several; dimensions;
// encoding_format float or base64.
void answerEmbeddings(const http::ExchangePtr& exchange);

// The same for a request of a batch, whole and at once: of its faults only the status is obeyed.
http::Response wholeEmbeddings(std::string_view body);

}  // namespace penstock::demo
