#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::dialect {

// How long a recording is, in milliseconds, by its file's bytes: what transcriptions are paid by.

// What its head says, rounded up: WAV by its rate of bytes, FLAC by its count of samples.
std::optional<int64_t> audioMillis(std::string_view file);

// The most that it can be, whatever the head says: WAV by the lower of its two rates, over all that
// follows; else at 6 kbit/s, the lowest rate that the formats in use have for speech (Opus), or
// what FLAC's head says where that is more. Long silences, which some formats keep in next to no
// bytes, are not bounded. Of a file that is still arriving, `coming` bytes at most will follow.
int64_t boundAudioMillis(std::string_view file, uint64_t coming = 0);

// What it is in all likelihood, rather more than less: what the head says, else at 16 kbit/s.
int64_t estimateAudioMillis(std::string_view file);

}  // namespace penstock::dialect
