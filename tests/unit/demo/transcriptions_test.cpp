#include "demo/transcriptions.h"

#include "demo/wav.h"
#include "unit/demo/media_server.h"

using namespace penstock;
using namespace penstock::demo;

namespace {

const std::string kPath = "/v1/audio/transcriptions";
const std::string kHeard = "The demo provider heard a.wav: 4044 bytes, 0.250 seconds of sound.";

std::string ask(const std::string& more = "") {
  const std::string sound = speakPcm("hello");
  return field("model", "demo-transcribe") + more + file("file", wavHead(sound.size()) + sound) +
         "--XX--\r\n";
}

}  // namespace

TEST_SUITE("demo/transcriptions") {
  TEST_CASE("a recording is said back by its name, size and length") {
    MediaServer server;
    const auto answer = server.postJson(kPath, ask(), kForm);
    CHECK(answer.root().stringAt("text") == kHeard);
    CHECK(answer.root().find("usage")->text() == R"({"type":"duration","seconds":0.25})");
  }

  TEST_CASE("in every format") {
    MediaServer server;
    CHECK(server.post(kPath, ask(field("response_format", "text")), kForm).body == kHeard + "\n");
    CHECK(server.post(kPath, ask(field("response_format", "srt")), kForm).body ==
          "1\n00:00:00,000 --> 00:00:00,250\n" + kHeard + "\n\n");
    CHECK(server.post(kPath, ask(field("response_format", "vtt")), kForm).body ==
          "WEBVTT\n\n00:00:00.000 --> 00:00:00.250\n" + kHeard + "\n\n");
    const auto verbose =
        server.postJson(kPath, ask(field("response_format", "verbose_json")), kForm);
    CHECK(verbose.root().find("duration")->text() == "0.25");
    CHECK(verbose.root().find("segments")->at(0).stringAt("text") == kHeard);
  }

  TEST_CASE("as events") {
    MediaServer server;
    const auto answer = server.post(kPath, ask(field("stream", "true")), kForm);
    CHECK(answer.body.starts_with(
        "data: {\"type\":\"transcript.text.delta\",\"delta\":\"The\"}\n\n"));
    CHECK(answer.body.find("{\"type\":\"transcript.text.done\",\"text\":\"The demo") !=
          std::string::npos);
  }

  TEST_CASE("what is wrong is named") {
    MediaServer server;
    CHECK(server.refusal(kPath, field("model", "demo-transcribe") + "--XX--\r\n", kForm) ==
          "400 file missing_field");
    CHECK(server.refusal(kPath, ask(field("response_format", "xml")), kForm) ==
          "400 response_format invalid_value");
    CHECK(server.refusal(kPath, "{}") == "400  invalid_multipart");
    CHECK(server.post("/v1/audio/translations", ask(), kForm).status == 200);
  }
}
