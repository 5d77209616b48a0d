#pragma once

#include <cstdint>
#include <string>

namespace penstock::cli {

enum class Colour : uint8_t { No, Yes };

// Whether what is written there is read by people who did not say NO_COLOR.
Colour colourOf(int descriptor);

constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kGrey = "\x1b[90m";

std::string painted(const std::string& text, const char* ink, Colour colour);

}  // namespace penstock::cli
