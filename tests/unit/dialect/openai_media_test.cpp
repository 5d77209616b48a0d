#include "dialect/openai_media.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/dialect/media_samples.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

constexpr const char* kJson = "application/json";

MediaRequest read(MediaKind kind, const std::string& body, const std::string& type = kJson) {
  auto request = parseMedia(kind, type, body);
  REQUIRE_MESSAGE(request, (request ? "" : request.error().message));
  return *std::move(request);
}

struct Wrong {
  MediaKind kind;
  std::string body, code, param;
  std::string type = kJson;
};

}  // namespace

TEST_SUITE("dialect/openai_media") {
  TEST_CASE("speech: what is spoken, how fast, and how it is to come") {
    const std::string body =
        R"({"model":"@voice","input":"h\u00e9llo 12","voice":"alloy","speed":0.5,)"
        R"("instructions":"calm","stream_format":"sse","mlx:tags":{"team":"ml"},"mlx:trace":true})";
    const MediaRequest request = read(MediaKind::Speech, body);
    CHECK(request.model == "@voice");
    CHECK(request.characters == 8);
    CHECK(request.speed == 0.5);
    CHECK(request.stream);
    CHECK(request.trace);
    CHECK(request.wantsAudio());
    CHECK(request.text_bytes == 13);
    REQUIRE(request.tags.size() == 1);
    CHECK(request.tags[0].second == "ml");
    CHECK_FALSE(read(MediaKind::Speech, R"({"model":"m","input":"x"})").stream);
  }

  TEST_CASE("images: how many, how large, and whether they stream") {
    const std::string body =
        R"({"model":"gpt-image-1","prompt":"a dam","n":3,"size":"1024x1536","stream":true,)"
        R"("partial_images":2,"user":"u1"})";
    const MediaRequest request = read(MediaKind::ImageGeneration, body);
    CHECK(request.images == 3);
    CHECK(request.size == "1024x1536");
    CHECK(request.partial_images == 2);
    CHECK(request.stream);
    CHECK(request.user == "u1");
    CHECK(request.wantsImages());
    CHECK_FALSE(request.hasImages());
  }

  TEST_CASE("a form is read like JSON, and its recording measured") {
    const std::string body = form(field("model", "@stt") + field("prompt", "names: Ada") +
                                  field("response_format", "srt") + field("stream", "true") +
                                  field("mlx:end_user", "u1") + file("file", wav(32'000)));
    const MediaRequest request = read(MediaKind::Transcription, body, kFormType);
    CHECK(request.model == "@stt");
    CHECK(request.format == "srt");
    CHECK(request.stream);
    CHECK(request.end_user == "u1");
    CHECK(request.likely_audio_ms == 2'000);
    CHECK(request.most_audio_ms == 2'000);
    CHECK(request.text_bytes == 10);
    CHECK(request.boundInput().audio);
  }

  TEST_CASE("a request that is moved keeps its fields") {
    auto made = std::make_unique<MediaRequest>(read(
        MediaKind::Transcription, form(field("model", "m") + file("file", wav(2))), kFormType));
    const MediaRequest moved = std::move(*made);
    made.reset();
    CHECK(moved.body.find("model")->value == R"("m")");
  }

  TEST_CASE("edits come as a form with pictures, or as JSON") {
    const std::string body =
        form(field("model", "m") + field("prompt", "p") + file("image[]", "1", "image/png") +
             file("image[]", "2", "image/png") + file("mask", "3", "image/png"));
    CHECK(read(MediaKind::ImageEdit, body, kFormType).images_given == 3);
    const MediaRequest json = read(
        MediaKind::ImageEdit, R"({"model":"m","prompt":"p","images":[{"image_url":"https://x"}]})");
    CHECK(json.images_given == 1);
    CHECK_FALSE(json.form);
  }

  TEST_CASE("models that OpenAI has a default for need no name") {
    CHECK(read(MediaKind::Transcription, form(file("file", "x")), kFormType).model ==
          "openai/whisper-1");
    CHECK(read(MediaKind::Moderation, R"({"input":"x"})").model == "openai/omni-moderation-latest");
    CHECK(read(MediaKind::Moderation, R"({"input":"x","model":null})").model ==
          "openai/omni-moderation-latest");
  }

  TEST_CASE("errors name the field") {
    const std::vector<Wrong> wrongs = {
        {MediaKind::Speech, R"({"model":"m"})", "missing_field", "input"},
        {MediaKind::Speech, R"({"model":"m","input":""})", "invalid_value", "input"},
        {MediaKind::Speech, R"({"model":"m","input":["a"]})", "invalid_type", "input"},
        {MediaKind::Speech, R"({"model":"m","input":"x","speed":"fast"})", "invalid_type", "speed"},
        {MediaKind::Speech, R"({"input":"x"})", "missing_field", "model"},
        {MediaKind::ImageGeneration, R"({"prompt":"x"})", "missing_field", "model"},
        {MediaKind::ImageGeneration, R"({"model":"m"})", "missing_field", "prompt"},
        {MediaKind::ImageGeneration, R"({"model":"m","prompt":"x","n":0})", "invalid_value", "n"},
        {MediaKind::ImageGeneration, R"({"model":"m","prompt":"x","n":1000})", "invalid_value",
         "n"},
        {MediaKind::Moderation, "{}", "missing_field", "input"},
        {MediaKind::Moderation, R"({"input":5})", "invalid_type", "input"},
        {MediaKind::Transcription, form(field("model", "m")), "missing_field", "file", kFormType},
        {MediaKind::Transcription, form(field("file", "x")), "invalid_value", "file", kFormType},
        {MediaKind::Transcription, form(file("file", "")), "invalid_value", "file", kFormType},
        {MediaKind::Transcription,
         form(field("model", "a") + field("model", "b") + file("file", "x")), "invalid_type",
         "model", kFormType},
        {MediaKind::Transcription, form(field("stream", "yes") + file("file", "x")), "invalid_type",
         "stream", kFormType},
        {MediaKind::Transcription, "{}", "invalid_content_type", ""},
        {MediaKind::Transcription, "--XX", "invalid_multipart", "", kFormType},
        {MediaKind::ImageEdit, form(field("model", "m") + field("prompt", "p")), "missing_field",
         "image", kFormType},
        {MediaKind::ImageEdit,
         form(field("model", "m") + field("prompt", "p") + field("image", "x")), "invalid_value",
         "image", kFormType},
        {MediaKind::ImageVariation, form(field("model", "m")), "missing_field", "image", kFormType},
        {MediaKind::Speech, "[]", "invalid_type", ""},
        {MediaKind::Speech, R"({"model":"m","input":"x","mlx:tags":[]})", "invalid_type",
         "mlx:tags"},
    };
    for (const Wrong& wrong : wrongs) {
      INFO(wrong.body);
      const auto request = parseMedia(wrong.kind, wrong.type, wrong.body);
      REQUIRE_FALSE(request);
      CHECK(request.error().code == wrong.code);
      CHECK(request.error().param == wrong.param);
    }
  }

  TEST_CASE("a recording has a limit") {
    const std::string body = form(file("file", "12345"));
    CHECK(parseMedia(MediaKind::Transcription, kFormType, body, {.audio_bytes = 5}));
    const auto large = parseMedia(MediaKind::Transcription, kFormType, body, {.audio_bytes = 4});
    REQUIRE_FALSE(large);
    CHECK(large.error().kind == ErrorKind::PayloadTooLarge);
    CHECK(large.error().param == "file");
  }
}
