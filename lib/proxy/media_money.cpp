#include "proxy/media_money.h"

#include <algorithm>
#include <charconv>

#include "dialect/input_rules.h"
#include "dialect/speech_length.h"
#include "pricing/buckets.h"

namespace penstock::proxy {
namespace {

using dialect::MediaKind;
using dialect::MediaRequest;

constexpr int64_t kPixelsAToken = 200;
constexpr int64_t kLeastTokensAnImage = 8'192;
constexpr int64_t kMostTokensAnImage = 3840 * 2160 / kPixelsAToken;
constexpr int64_t kTokensAPartialImage = 100;
constexpr int64_t kMostPixels = 1LL << 32;
// A second of a recording.
constexpr int64_t kMostSoundTokens = 32;
constexpr int64_t kLikelySoundTokens = 20;
constexpr int64_t kMostWordTokens = 20;
constexpr int64_t kLikelyWordTokens = 5;
constexpr int64_t kAnyAnswer = 1'024;

int64_t atRate(int64_t millis, int64_t tokens_a_second) {
  return (millis * tokens_a_second + 999) / 1000;
}

// Of "1024x1536"; nothing for "auto" and the like.
std::optional<int64_t> pixelsOf(std::string_view size) {
  int64_t width = 0, height = 0;
  const char* end = size.data() + size.size();
  const auto first = std::from_chars(size.data(), end, width);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'x') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, height);
  constexpr int64_t kMostSide = 1 << 16;
  const bool sound = second.ec == std::errc() && second.ptr == end && width > 0 && height > 0;
  if (!sound || width > kMostSide || height > kMostSide) return std::nullopt;
  return std::min(width * height, kMostPixels);
}

// With the name of who made it before the slash, or not.
bool choosesSmallSizes(std::string_view model) {
  model = model.substr(model.rfind('/') + 1);
  return model.starts_with("gpt-image-1") || model.starts_with("chatgpt-image");
}

int64_t imageTokens(const MediaRequest& request, std::string_view model, int64_t images) {
  const auto pixels = pixelsOf(request.size);
  int64_t each = choosesSmallSizes(model) ? kLeastTokensAnImage : kMostTokensAnImage;
  if (pixels) each = std::max(kLeastTokensAnImage, *pixels / kPixelsAToken);
  return images * (each + request.partial_images * kTokensAPartialImage);
}

bool pricesTokens(const pricing::Price& price) {
  const auto named = [](const pricing::Rates& rates) {
    return std::ranges::any_of(pricing::kBuckets, [&rates](const pricing::Bucket& bucket) {
      return bucket.measure == pricing::Measure::Token && rates.*bucket.rate > 0;
    });
  };
  return named(price.base) ||
         std::ranges::any_of(price.tiers, [&](const auto& tier) { return named(tier.rates); });
}

void estimateTokens(const MediaRequest& request, std::string_view model, model::Usage& usage) {
  usage.input_uncached = request.text_tokens;
  usage.input_image = request.images_given * dialect::input_rules::kTokensAnAttachment;
  if (dialect::makesText(request.kind)) {
    usage.input_audio = atRate(request.likely_audio_ms, kLikelySoundTokens);
    usage.output_text = atRate(request.likely_audio_ms, kLikelyWordTokens);
  }
  if (dialect::makesImages(request.kind))
    usage.output_image = imageTokens(request, model, usage.images);
  if (request.kind == MediaKind::Speech) usage.output_audio = request.speech_tokens;
}

}  // namespace

pricing::RequestBound mediaBound(const MediaRequest& request, std::string_view model,
                                 std::optional<int64_t> context_window) {
  const dialect::InputBound input = request.boundInput();
  pricing::RequestBound bound;
  bound.input_tokens = std::min(input.tokens, context_window.value_or(input.tokens));
  bound.image_input = input.images;
  bound.images = request.images;
  bound.characters = request.characters;
  switch (request.kind) {
    case MediaKind::Moderation: break;
    case MediaKind::ImageGeneration:
    case MediaKind::ImageEdit:
    case MediaKind::ImageVariation:
      bound.image_output = true;
      bound.output_tokens = imageTokens(request, model, request.images);
      break;
    case MediaKind::Speech:
      bound.audio_output = true;
      bound.output_tokens = dialect::SpeechLength::mostTokens(request.characters, request.speed);
      break;
    case MediaKind::Transcription:
    case MediaKind::Translation:
      // A long recording is heard in pieces: no window bounds it.
      bound.audio_input = true;
      bound.audio_ms = request.most_audio_ms;
      bound.input_tokens = input.tokens + atRate(request.most_audio_ms, kMostSoundTokens);
      bound.output_tokens = kAnyAnswer + atRate(request.most_audio_ms, kMostWordTokens);
      break;
  }
  return bound;
}

void completeUsage(const MediaRequest& request, std::string_view model, const pricing::Price* price,
                   model::Usage& usage) {
  static const pricing::Price kNothing;
  if (price == nullptr) price = &kNothing;
  const pricing::Rates& rates = price->base;
  const bool said_nothing = usage.source == model::Usage::Source::None;
  bool estimated = said_nothing;
  usage.characters = request.characters;
  if (dialect::makesImages(request.kind) && usage.images == 0) {
    usage.images = request.images;
    estimated = estimated || rates.image > 0;
  }
  if (usage.audio_ms == 0 && request.likely_audio_ms > 0 &&
      (said_nothing || rates.audio_hour > 0)) {
    usage.audio_ms = request.likely_audio_ms;
    estimated = true;
  }
  const bool by_piece = rates.image > 0 || rates.audio_hour > 0 || rates.character > 0;
  const bool tokens_count = pricesTokens(*price) || (said_nothing && !by_piece);
  if (usage.input() + usage.output() == 0 && tokens_count) {
    estimateTokens(request, model, usage);
    estimated = true;
  }
  if (estimated) usage.source = model::Usage::Source::Estimated;
}

}  // namespace penstock::proxy
