#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::demo {

// Sound as the demo provider makes it: 8,000 samples a second of 16 bits, one channel.
inline constexpr uint32_t kSampleRate = 8'000;

// A tone of 50 ms for every byte of the text, silence for its spaces: raw samples.
std::string speakPcm(std::string_view text);
// The head of a WAV file with so many bytes of samples.
std::string wavHead(size_t bytes);

// How long a recording is, in milliseconds: of a WAV file by its head, of others at 16 kbit/s.
uint64_t soundMillis(std::string_view file);

}  // namespace penstock::demo
