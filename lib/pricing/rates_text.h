#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pricing/price.h"

namespace penstock::pricing {

// A price as one line, in the tables, in the store and in the log: words separated by spaces, each
// a unit, picodollars, and perhaps tiers, ">tokens:picodollars":
//
//   i5000000>272000:10000000 r500000 o30000000>272000:45000000
//
// Units, of tokens: i input, r cache read, w cache write, h 1-hour cache write, a input audio,
// m input image, c cached audio, d cached image, o output, t reasoning, b output audio, p output
// image; by the piece: x web search, n generated image, s hour of audio, k character, q request.
// A unit that is not named has its parent's rate (buckets.h).

// Nothing when it is not of that form. The fee a request has no tiers.
std::optional<Price> parseRates(std::string_view text);

// The shortest text that reads back the same.
std::string formatRates(const Price& price);

}  // namespace penstock::pricing
