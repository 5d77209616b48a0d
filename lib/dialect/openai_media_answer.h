#pragma once

#include <string>
#include <string_view>

#include "dialect/openai_media.h"
#include "json/scan.h"
#include "model/usage.h"

namespace penstock::dialect {

// The usage of a media answer, or of the event that ends one, in its buckets: images' output is
// tokens of images and speech's of sound where the provider does not part them; a recording's
// length is read from "usage" or "duration". source is None when it says nothing.
model::Usage mediaUsage(MediaKind kind, const json::ObjectIndex& answer);

// What accounting needs of a whole media answer but speech.
struct MediaAnswer {
  model::Usage usage;
  std::string model;   // as the provider says; empty: it does not
  bool valid = false;  // JSON without an error; of a transcription also what response_format asks
};
MediaAnswer readMediaAnswer(const MediaRequest& request, std::string_view body);

// Whether a Content-Type is of JSON.
bool isJsonType(std::string_view content_type);

}  // namespace penstock::dialect
