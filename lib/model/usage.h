#pragma once

#include <cstdint>

namespace penstock::model {

// Usage in one normal form: the buckets are disjoint (spec/dialects.md section 9), so that a cost
// is a plain sum. Providers' overlapping counts are taken apart in dialect/. A bucket that a
// provider does not tell apart is in its parent: video is in input_uncached, say.
struct Usage {
  enum class Source : uint8_t {
    None,
    Provider,
    Estimated,  // counted by us, see dialect/estimate.h
  };

  // Tokens.
  int64_t input_uncached = 0;
  int64_t input_cache_read = 0;
  int64_t input_cache_write = 0;     // 5-minute class
  int64_t input_cache_write_1h = 0;  // 1-hour class and longer
  int64_t input_audio = 0;           // uncached
  int64_t output_text = 0;
  int64_t output_reasoning = 0;
  int64_t output_audio = 0;
  Source source = Source::None;
  int64_t input_image = 0;  // uncached, where the provider tells images apart
  int64_t input_cache_read_audio = 0;
  int64_t input_cache_read_image = 0;
  int64_t output_image = 0;

  // What is paid by the piece.
  int64_t web_searches = 0;
  int64_t images = 0;      // generated
  int64_t audio_ms = 0;    // of input or output, where the model is priced by time
  int64_t characters = 0;  // spoken or translated, where the model is priced by them

  // Tokens of all classes; what price tiers are chosen by.
  int64_t input() const {
    return input_uncached + input_cache_read + input_cache_write + input_cache_write_1h +
           input_audio + input_image + input_cache_read_audio + input_cache_read_image;
  }
  int64_t output() const { return output_text + output_reasoning + output_audio + output_image; }
  bool operator==(const Usage&) const = default;
};

}  // namespace penstock::model
