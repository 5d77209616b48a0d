#include "proxy/media_money.h"

#include <doctest/doctest.h>

#include <string>

#include "pricing/rates_text.h"

using namespace penstock;
using namespace penstock::proxy;
using dialect::MediaKind;
using dialect::MediaRequest;
using Source = model::Usage::Source;

namespace {

MediaRequest request(MediaKind kind) {
  MediaRequest made;
  made.kind = kind;
  return made;
}

MediaRequest speech(int64_t characters) {
  MediaRequest made = request(MediaKind::Speech);
  made.characters = made.text_bytes = characters;
  made.text_tokens = characters / 3;
  made.speech_tokens = 2 * characters;
  return made;
}

MediaRequest recording(int64_t millis) {
  MediaRequest made = request(MediaKind::Transcription);
  made.most_audio_ms = 2 * millis;
  made.likely_audio_ms = millis;
  return made;
}

MediaRequest pictures(int64_t count, const std::string& size = "") {
  MediaRequest made = request(MediaKind::ImageGeneration);
  made.images = count;
  made.size = size;
  return made;
}

pricing::Price priced(const char* rates) { return pricing::parseRates(rates).value(); }

model::Usage completed(const MediaRequest& of, const char* rates, model::Usage usage = {}) {
  const pricing::Price price = priced(rates);
  completeUsage(of, "m", &price, usage);
  return usage;
}

}  // namespace

TEST_SUITE("proxy/media_money") {
  TEST_CASE("speech by the character costs its characters, whoever says so") {
    const MediaRequest of = speech(1000);
    const pricing::Price price = priced("k15000000");
    const pricing::RequestBound bound = mediaBound(of, "tts-1", {});
    CHECK(pricing::ceilingCost(price, bound) == Money{15'000'000});  // $15 a million
    const model::Usage usage = completed(of, "k15000000");
    CHECK(usage.characters == 1000);
    CHECK(usage.source == Source::Estimated);
    CHECK(usage.output() == 0);
    CHECK(pricing::costOf(price, usage).total == Money{15'000'000});
  }

  TEST_CASE("speech by the token is estimated where the provider does not count") {
    const model::Usage usage = completed(speech(90), "i600000 o12000000");
    CHECK(usage.input_uncached == 30);
    CHECK(usage.output_audio == 180);
    const model::Usage said =
        completed(speech(90), "i600000 o12000000",
                  {.input_uncached = 7, .output_audio = 99, .source = Source::Provider});
    CHECK(said.output_audio == 99);
    CHECK(said.source == Source::Provider);
  }

  TEST_CASE("transcription by the hour: by what the provider says, else by the file") {
    const char* rates = "s360000000000";
    const model::Usage said =
        completed(recording(60'000), rates, {.source = Source::Provider, .audio_ms = 30'000});
    CHECK(said.audio_ms == 30'000);
    CHECK(said.source == Source::Provider);
    const model::Usage unsaid = completed(recording(60'000), rates);
    CHECK(unsaid.audio_ms == 60'000);
    CHECK(unsaid.source == Source::Estimated);
    CHECK(unsaid.input() == 0);
    CHECK(pricing::costOf(priced(rates), unsaid).total == Money{6'000'000});  // $0.006 a minute
    // Tokens where the price is by time: a length is still due.
    const model::Usage tokens =
        completed(recording(60'000), rates,
                  {.input_audio = 600, .output_text = 9, .source = Source::Provider});
    CHECK(tokens.audio_ms == 60'000);
    CHECK(tokens.source == Source::Estimated);
  }

  TEST_CASE("transcription by the token is estimated where only a length is said") {
    const model::Usage usage = completed(recording(60'000), "i2500000 a6000000 o10000000",
                                         {.source = Source::Provider, .audio_ms = 60'000});
    CHECK(usage.input_audio == 1'200);
    CHECK(usage.output_text == 300);
    CHECK(usage.source == Source::Estimated);
  }

  TEST_CASE("images by the piece or by the token") {
    CHECK(completed(pictures(3), "n40000000000").images == 3);
    const model::Usage said =
        completed(pictures(3), "n40000000000", {.source = Source::Provider, .images = 2});
    CHECK(said.images == 2);
    CHECK(said.source == Source::Provider);
    const model::Usage tokens = completed(pictures(2, "1024x1024"), "i5000000 o40000000");
    CHECK(tokens.output_image == 2 * 8'192);
    CHECK(tokens.source == Source::Estimated);
  }

  TEST_CASE("moderation that costs nothing is counted") {
    MediaRequest of = request(MediaKind::Moderation);
    of.text_tokens = 12;
    const model::Usage usage = completed(of, "i0");
    CHECK(usage.input_uncached == 12);
    CHECK(pricing::costOf(priced("i0"), usage).total == Money{});
    model::Usage unpriced;
    completeUsage(of, "m", nullptr, unpriced);
    CHECK(unpriced.source == Source::Estimated);
  }

  TEST_CASE("an image is bounded by its size, by the model where that is its to choose") {
    const auto most = [](const MediaRequest& of, const char* model) {
      return mediaBound(of, model, {}).output_tokens;
    };
    CHECK(most(pictures(1, "1024x1536"), "gpt-image-2") == 8'192);
    CHECK(most(pictures(1, "3840x2160"), "gpt-image-2") == 41'472);
    CHECK(most(pictures(2), "gpt-image-1") == 16'384);
    CHECK(most(pictures(1, "auto"), "openai/gpt-image-1.5") == 8'192);
    CHECK(most(pictures(1, "auto"), "gpt-image-2") == 41'472);
    CHECK(most(pictures(1, "0x5"), "gpt-image-2") == 41'472);
    MediaRequest partial = pictures(1, "1024x1024");
    partial.partial_images = 3;
    CHECK(most(partial, "gpt-image-1") == 8'492);
  }

  TEST_CASE("no estimate is above its bound") {
    for (const char* rates : {"i5000000 o40000000", "k15000000", "s360000000000", "n40000000000",
                              "i1 a2 m3 o4 b5 p6 k7 s8 n9 q10"}) {
      const pricing::Price price = priced(rates);
      MediaRequest edit = pictures(2, "1024x1024");
      edit.kind = MediaKind::ImageEdit;
      edit.images_given = 3;
      edit.text_bytes = edit.text_tokens = 100;
      for (const MediaRequest* of : {&edit}) {
        model::Usage usage;
        completeUsage(*of, "gpt-image-1", &price, usage);
        CHECK(pricing::costOf(price, usage).total <=
              pricing::ceilingCost(price, mediaBound(*of, "gpt-image-1", {})));
      }
      const MediaRequest spoken = speech(500), heard = recording(90'000);
      for (const MediaRequest* of : {&spoken, &heard}) {
        model::Usage usage;
        completeUsage(*of, "m", &price, usage);
        CHECK(pricing::costOf(price, usage).total <=
              pricing::ceilingCost(price, mediaBound(*of, "m", {})));
      }
    }
  }

  TEST_CASE("a window bounds text, but no recording") {
    CHECK(mediaBound(speech(50'000), "m", 2'000).input_tokens == 2'000);
    CHECK(mediaBound(recording(3'600'000), "m", 16'000).input_tokens > 200'000);
  }
}
