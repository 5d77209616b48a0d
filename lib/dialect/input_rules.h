#pragma once

#include <cstdint>

namespace penstock::dialect {

// The numbers behind openai_input.h and anthropic_input.h, which say what they mean.
namespace input_rules {
inline constexpr int64_t kFraming = 1024;
inline constexpr int64_t kTokensAnImage = 50'000;
inline constexpr int64_t kTokensAnythingElse = 1'000'000;
inline constexpr int64_t kTokensAMessage = 4;
inline constexpr int64_t kTokensAReply = 3;  // that say where it begins
inline constexpr int64_t kTokensAnAttachment = 5000;
inline constexpr int64_t kBytesAToken = 128;
inline constexpr int64_t kMostTokens = 1'000'000'000'000;
}  // namespace input_rules

}  // namespace penstock::dialect
