#pragma once

#include <cstdint>

#include "base/money.h"
#include "pricing/price.h"

namespace penstock::pricing {

// The most that a request can use, whatever its provider does.
struct RequestBound {
  int64_t input_tokens = 0;   // upper bound, all input buckets together
  int64_t output_tokens = 0;  // upper bound, all choices together
  bool audio_input = false, audio_output = false, image_input = false, image_output = false;
  bool long_cache = false;  // the request may write 1-hour cache entries
  int64_t web_searches = 0;
  // What is paid by the piece, and by time, where the model is priced so.
  int64_t images = 0, characters = 0, audio_ms = 0;
  int64_t multiplier_permille = 1000;  // of the dearest tier of service the request may get; >= 1
};

// An upper bound, in nano-dollars rounded up, of costOf() for every usage within the bound: over
// all tiers up to input_tokens and all input classes (cache writes can cost more than uncached
// input). A usage is within the bound when its tokens of a side are no more than the bound's, it
// has audio, image and 1-hour write tokens only where the bound says so, no more searches, no
// larger multiplier, and no image, hour or character that is paid by the piece.
Money ceilingCost(const Price& price, const RequestBound& bound);

// The largest output_tokens with which ceilingCost() is <= available; -1 when not even 0 fits, and
// int64's largest where output costs nothing.
int64_t outputThatFits(const Price& price, RequestBound bound, Money available);

}  // namespace penstock::pricing
