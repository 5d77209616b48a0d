#include "dialect/openai_media_answer.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;
using Source = model::Usage::Source;

namespace {

MediaAnswer answer(MediaKind kind, const std::string& body, const std::string& format = "") {
  MediaRequest request;
  request.kind = kind;
  request.format = format;
  return readMediaAnswer(request, body);
}

}  // namespace

TEST_SUITE("dialect/openai_media_answer") {
  TEST_CASE("images: their tokens are tokens of images, and they are counted") {
    const auto read = answer(
        MediaKind::ImageGeneration,
        R"({"created":1,"data":[{"b64_json":"x"},{"b64_json":"y"}],"usage":{"input_tokens":50,)"
        R"("output_tokens":4160,"total_tokens":4210,"input_tokens_details":{"text_tokens":10,)"
        R"("image_tokens":40}}})");
    CHECK(read.valid);
    CHECK(read.usage.source == Source::Provider);
    CHECK(read.usage.input_uncached == 10);
    CHECK(read.usage.input_image == 40);
    CHECK(read.usage.output_image == 4160);
    CHECK(read.usage.output_text == 0);
    CHECK(read.usage.images == 2);
  }

  TEST_CASE("images: text tokens stay such where they are told apart") {
    const auto read =
        answer(MediaKind::ImageEdit,
               R"({"data":[{}],"usage":{"input_tokens":5,"output_tokens":1100,"total_tokens":1105,)"
               R"("output_tokens_details":{"image_tokens":1056,"text_tokens":44}}})");
    CHECK(read.usage.output_image == 1056);
    CHECK(read.usage.output_text == 44);
  }

  TEST_CASE("images without usage are counted only") {
    const auto read = answer(MediaKind::ImageGeneration, R"({"data":[{"url":"https://x"}]})");
    CHECK(read.valid);
    CHECK(read.usage.source == Source::None);
    CHECK(read.usage.images == 1);
  }

  TEST_CASE("transcriptions: usage by time, by tokens, or a duration beside the text") {
    const auto timed = answer(MediaKind::Transcription,
                              R"({"text":"hi","usage":{"type":"duration","seconds":3}})");
    CHECK(timed.usage.source == Source::Provider);
    CHECK(timed.usage.audio_ms == 3'000);
    const auto counted =
        answer(MediaKind::Transcription,
               R"({"text":"hi","usage":{"type":"tokens","input_tokens":14,"output_tokens":45,)"
               R"("total_tokens":59,"input_token_details":{"text_tokens":4,"audio_tokens":10}}})");
    CHECK(counted.usage.input_audio == 10);
    CHECK(counted.usage.input_uncached == 4);
    CHECK(counted.usage.output_text == 45);
    for (const char* duration : {"8.4705", R"("8.4705")"}) {
      const auto verbose =
          answer(MediaKind::Translation,
                 R"({"task":"translate","duration":)" + std::string(duration) + R"(,"text":"hi"})",
                 "verbose_json");
      CHECK(verbose.usage.source == Source::Provider);
      CHECK(verbose.usage.audio_ms == 8'471);
    }
  }

  TEST_CASE("subtitles and plain text are answers where they were asked for") {
    CHECK(answer(MediaKind::Transcription, "1\n00:00:00,000 --> …\nhi\n", "srt").valid);
    CHECK(answer(MediaKind::Transcription, "\n", "text").valid);
    CHECK_FALSE(answer(MediaKind::Transcription, "hi", "json").valid);
    CHECK_FALSE(answer(MediaKind::Transcription, "hi").valid);
    CHECK_FALSE(answer(MediaKind::ImageGeneration, "hi", "text").valid);
  }

  TEST_CASE("an error is no answer, whatever its status said") {
    CHECK_FALSE(answer(MediaKind::Transcription, R"({"error":{"message":"no"}})", "text").valid);
    CHECK_FALSE(answer(MediaKind::Moderation, R"({"error":{"message":"no"}})").valid);
    CHECK(answer(MediaKind::Moderation, R"({"model":"omni","results":[]})").model == "omni");
  }

  TEST_CASE("absurd lengths are bounded") {
    const auto read = answer(MediaKind::Transcription, R"({"text":"","duration":1e300})");
    CHECK(read.usage.audio_ms == 1'000'000'000'000);
    CHECK(answer(MediaKind::Transcription, R"({"text":"","duration":-4})").usage.audio_ms == 0);
    CHECK(answer(MediaKind::Transcription, R"({"text":"","duration":"x"})").usage.source ==
          Source::None);
  }

  TEST_CASE("JSON is told by its type") {
    CHECK(isJsonType("application/json; charset=utf-8"));
    CHECK_FALSE(isJsonType("audio/mpeg"));
  }
}
