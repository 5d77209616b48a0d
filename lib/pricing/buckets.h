#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "model/usage.h"
#include "pricing/price.h"

namespace penstock::pricing {

// The buckets of usage with the rates that price them: the one list that costs, bounds, texts and
// pages walk, so that none forgets one.
enum class Side : uint8_t { Input, Output };
enum class Measure : uint8_t { Token, Piece, Hour };

struct Bucket {
  char letter;            // in price tables, see rates_text.h
  std::string_view name;  // in the API: "cache_read"
  int64_t model::Usage::*count;
  int64_t Rates::*rate;
  Side side;
  Measure measure;
};

// Parents come before what inherits from them.
inline constexpr std::array<Bucket, 16> kBuckets = {{
    {'i', "input", &model::Usage::input_uncached, &Rates::input, Side::Input, Measure::Token},
    {'r', "cache_read", &model::Usage::input_cache_read, &Rates::cache_read, Side::Input,
     Measure::Token},
    {'w', "cache_write", &model::Usage::input_cache_write, &Rates::cache_write, Side::Input,
     Measure::Token},
    {'h', "cache_write_1h", &model::Usage::input_cache_write_1h, &Rates::cache_write_1h,
     Side::Input, Measure::Token},
    {'a', "input_audio", &model::Usage::input_audio, &Rates::input_audio, Side::Input,
     Measure::Token},
    {'m', "input_image", &model::Usage::input_image, &Rates::input_image, Side::Input,
     Measure::Token},
    {'c', "cache_read_audio", &model::Usage::input_cache_read_audio, &Rates::cache_read_audio,
     Side::Input, Measure::Token},
    {'d', "cache_read_image", &model::Usage::input_cache_read_image, &Rates::cache_read_image,
     Side::Input, Measure::Token},
    {'o', "output", &model::Usage::output_text, &Rates::output, Side::Output, Measure::Token},
    {'t', "output_reasoning", &model::Usage::output_reasoning, &Rates::output_reasoning,
     Side::Output, Measure::Token},
    {'b', "output_audio", &model::Usage::output_audio, &Rates::output_audio, Side::Output,
     Measure::Token},
    {'p', "output_image", &model::Usage::output_image, &Rates::output_image, Side::Output,
     Measure::Token},
    {'x', "web_search", &model::Usage::web_searches, &Rates::web_search, Side::Input,
     Measure::Piece},
    {'k', "character", &model::Usage::characters, &Rates::character, Side::Input, Measure::Piece},
    {'s', "audio_hour", &model::Usage::audio_ms, &Rates::audio_hour, Side::Input, Measure::Hour},
    {'n', "image", &model::Usage::images, &Rates::image, Side::Output, Measure::Piece},
}};

// The rate of a bucket for which the source names none: cache and modalities have input's, the
// 1-hour write that of the write, a cached modality the cached text's where the modality costs what
// text does and else its own (no discount is assumed), reasoning and modalities output's; pieces
// cost nothing.
constexpr int64_t inheritedRate(const Rates& rates, const Bucket& bucket) {
  switch (bucket.letter) {
    case 'r':
    case 'w':
    case 'a':
    case 'm': return rates.input;
    case 'h': return rates.cache_write;
    case 'c': return rates.input_audio == rates.input ? rates.cache_read : rates.input_audio;
    case 'd': return rates.input_image == rates.input ? rates.cache_read : rates.input_image;
    case 't':
    case 'b':
    case 'p': return rates.output;
    default: return 0;
  }
}

// Rates as a source names them, by place in kBuckets: -1 is "not named", and resolves to what it
// inherits.
struct NamedRates {
  std::array<int64_t, kBuckets.size()> values;
  NamedRates() { values.fill(-1); }
  Rates resolve() const {
    Rates rates;
    for (size_t i = 0; i < kBuckets.size(); ++i) {
      rates.*kBuckets[i].rate = values[i] >= 0 ? values[i] : inheritedRate(rates, kBuckets[i]);
    }
    return rates;
  }
};

}  // namespace penstock::pricing
