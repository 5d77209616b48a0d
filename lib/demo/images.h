#pragma once

#include "http/exchange.h"

namespace penstock::demo {

// POST /v1/images/generations, JSON, with stream and partial_images; /edits and /variations, forms.
// The pictures are small PNG files, in base64 or as data: URLs where `response_format` is "url".
void answerImageGeneration(const http::ExchangePtr& exchange);
void answerImageEdit(const http::ExchangePtr& exchange);
void answerImageVariation(const http::ExchangePtr& exchange);

}  // namespace penstock::demo
