#pragma once

#include <cstdint>

namespace penstock::model {

// Token usage in one normal form: the buckets are disjoint (spec/dialects.md section 9), so that a
// cost is a plain sum. Providers' overlapping counts are taken apart in dialect/.
struct Usage {
  enum class Source : uint8_t { None, Provider, Estimated };

  int64_t input_uncached = 0;
  int64_t input_cache_read = 0;
  int64_t input_cache_write = 0;     // 5-minute class
  int64_t input_cache_write_1h = 0;  // 1-hour class and longer
  int64_t input_audio = 0;
  int64_t output_text = 0;
  int64_t output_reasoning = 0;
  int64_t output_audio = 0;
  Source source = Source::None;

  int64_t input() const {
    return input_uncached + input_cache_read + input_cache_write + input_cache_write_1h +
           input_audio;
  }
  int64_t output() const { return output_text + output_reasoning + output_audio; }
  bool operator==(const Usage&) const = default;
};

}  // namespace penstock::model
