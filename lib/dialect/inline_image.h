#pragma once

#include <cstdint>

#include "json/scan.h"

namespace penstock::dialect {

// How many bytes of a part of OpenAI's are a picture within the request: of a data URL in
// "image_url", which is the URL or holds it as "url". They are no text to the model, which makes
// the same of the picture wherever it comes from.
int64_t inlineImageBytes(const json::ObjectIndex& part);

}  // namespace penstock::dialect
