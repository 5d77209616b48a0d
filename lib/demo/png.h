#pragma once

#include <cstdint>
#include <string>

namespace penstock::demo {

// A picture of 64 by 64 pixels as a PNG file: diagonal stripes in two colours, chosen by the seed.
// The same for the same seed.
std::string drawPng(uint64_t seed);

}  // namespace penstock::demo
