#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dialect/openai_media.h"
#include "model/usage.h"
#include "pricing/ceiling.h"
#include "pricing/price.h"

namespace penstock::proxy {

// The most that a media request can use, for its reservation.
//
//   images   a token a 200 pixels of the size that is asked for, 8,192 at least: OpenAI's first
//            three models make up to 6,240 of 1024x1536. Where the size is theirs to choose, that
//            is 8,192 with those, and else of 3840x2160. 100 more for each partial image.
//   speech   speech_length.h
//   sound    audio_length.h; 32 tokens a second in, 20 a second out
//
// `context_window` bounds what text comes to, where it is known. The multiplier is the caller's.
pricing::RequestBound mediaBound(const dialect::MediaRequest& request, std::string_view model,
                                 std::optional<int64_t> context_window);

// Puts into a usage what the price is by and the provider did not say: characters are counted, and
// so are images that were asked for; a recording's length, and tokens, are estimated, rather more
// than less. What was put in makes it an estimate. `price` may be null.
void completeUsage(const dialect::MediaRequest& request, std::string_view model,
                   const pricing::Price* price, model::Usage& usage);

}  // namespace penstock::proxy
