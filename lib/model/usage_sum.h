#pragma once

#include <algorithm>

#include "model/usage.h"

namespace penstock::model {

// Adds every count of `other` to `usage`. It is an estimate if one of the two is.
inline void add(const Usage& other, Usage& usage) {
  usage.source = std::max(usage.source, other.source);
  for (const auto count :
       {&Usage::input_uncached, &Usage::input_cache_read, &Usage::input_cache_write,
        &Usage::input_cache_write_1h, &Usage::input_audio, &Usage::input_image,
        &Usage::input_cache_read_audio, &Usage::input_cache_read_image, &Usage::output_text,
        &Usage::output_reasoning, &Usage::output_audio, &Usage::output_image, &Usage::web_searches,
        &Usage::images, &Usage::audio_ms, &Usage::characters}) {
    usage.*count += other.*count;
  }
}

}  // namespace penstock::model
