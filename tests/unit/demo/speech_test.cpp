#include "demo/speech.h"

#include "demo/wav.h"
#include "unit/demo/media_server.h"

using namespace penstock;
using namespace penstock::demo;

namespace {

const std::string kPath = "/v1/audio/speech";

std::string ask(const std::string& more = "") {
  return R"({"model":"demo-speech","voice":"any","input":"hello")" + more + "}";
}

}  // namespace

TEST_SUITE("demo/speech") {
  TEST_CASE("a text is a WAV file, or raw samples") {
    MediaServer server;
    const auto wav = server.post(kPath, ask());
    CHECK(wav.header("content-type") == "audio/wav");
    CHECK(wav.body == wavHead(speakPcm("hello").size()) + speakPcm("hello"));
    const auto pcm = server.post(kPath, ask(R"(,"response_format":"pcm")"));
    CHECK(pcm.header("content-type") == "audio/pcm");
    CHECK(pcm.body == speakPcm("hello"));
  }

  TEST_CASE("events hold the same sound, and usage at the end") {
    MediaServer server;
    const auto answer = server.post(kPath, ask(R"(,"stream_format":"sse")"));
    CHECK(answer.header("content-type") == "text/event-stream");
    CHECK(answer.body.starts_with("data: {\"type\":\"speech.audio.delta\",\"audio\":\"UklGR"));
    CHECK(answer.body.find("\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":1,") !=
          std::string::npos);
  }

  TEST_CASE("what is wrong is named") {
    MediaServer server;
    CHECK(server.refusal(kPath, ask(R"(,"response_format":"mp3")")) ==
          "400 response_format invalid_value");
    CHECK(server.refusal(kPath, ask(R"(,"stream_format":"x")")) ==
          "400 stream_format invalid_value");
    CHECK(server.refusal(kPath, R"({"model":"demo-speech"})") == "400 input missing_field");
    CHECK(server.refusal(kPath, R"({"model":"demo-speech","input":""})") ==
          "400 input invalid_value");
  }
}
