#include <doctest/doctest.h>

#include <string>

#include "dialect/openai_media.h"
#include "unit/dialect/media_samples.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

MediaRequest read(MediaKind kind, const std::string& body, const std::string& type) {
  auto request = parseMedia(kind, type, body);
  REQUIRE_MESSAGE(request, (request ? "" : request.error().message));
  return *std::move(request);
}

std::string encoded(const MediaRequest& request, std::string_view model) {
  const auto body = encodeMedia(request, model);
  REQUIRE(body);
  std::string text;
  for (const std::string_view piece : body->pieces) text.append(piece);
  return text;
}

}  // namespace

TEST_SUITE("dialect/openai_media_encode") {
  TEST_CASE("JSON keeps its bytes but for the model and what is ours") {
    const std::string body =
        R"({ "input":"x", "mlx:tags":{}, "model":"@v","voice":"alloy","new":1})";
    const MediaRequest request = read(MediaKind::Speech, body, "application/json");
    CHECK(encoded(request, "tts-1") ==
          R"({ "input":"x", "model":"tts-1","voice":"alloy","new":1})");
    CHECK(encodeMedia(request, "tts-1")->content_type == "application/json");
  }

  TEST_CASE("a model that the caller did not name is put in") {
    const std::string body = R"({"input":"x"})";
    CHECK(encoded(read(MediaKind::Moderation, body, ""), "omni") ==
          R"({"input":"x","model":"omni"})");
    const std::string parts = file("file", "sound");
    const std::string recording = form(parts);
    CHECK(encoded(read(MediaKind::Transcription, recording, kFormType), "whisper-1") ==
          form(field("model", "whisper-1") + parts));
  }

  TEST_CASE("a form keeps its bytes and its boundary") {
    const std::string rest =
        file("file", std::string("\0\xFF\r\n--X", 7)) + field("language", "en");
    const std::string body = form(field("mlx:tags[team]", "ml") + field("model", "@stt") +
                                  field("mlx:trace", "true") + rest);
    const MediaRequest request = read(MediaKind::Transcription, body, kFormType);
    CHECK(encoded(request, "whisper-1") == form(field("model", "whisper-1") + rest));
    CHECK(encodeMedia(request, "m")->content_type == kFormType);
  }

  TEST_CASE("a model name cannot end its part") {
    const std::string body = form(field("model", "@stt") + file("file", "x"));
    const auto encoded = encodeMedia(read(MediaKind::Transcription, body, kFormType), "--XX");
    REQUIRE_FALSE(encoded);
    CHECK(encoded.error().param == "model");
  }

  TEST_CASE("checked fields go back into the form, files stay") {
    const std::string body =
        form(field("model", "m") + field("prompt", "call ada@example.com") + file("file", "x"));
    const MediaRequest request = read(MediaKind::Transcription, body, kFormType);
    CHECK(*formWithFields(request, *request.fields) == body);
    CHECK(*formWithFields(request, R"({"model":"m","prompt":"call [EMAIL]","file":{}})") ==
          form(field("model", "m") + field("prompt", "call [EMAIL]") + file("file", "x")));
    CHECK_FALSE(formWithFields(request, R"({"prompt":"--XX"})"));
  }
}
