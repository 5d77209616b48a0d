#include "dialect/openai_media_stream.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::dialect;

namespace {

const std::string kPartial =
    "event: image_generation.partial_image\n"
    "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"x\"}\n\n";
const std::string kCompleted =
    "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"y\",\"usage\":"
    "{\"input_tokens\":5,\"output_tokens\":100,\"total_tokens\":105}}\n\n";
const std::string kError = "data: {\"type\":\"error\",\"error\":{\"message\":\"no\"}}\n\n";

struct Relayed {
  std::string out;
  StreamPhase phase;
};

// Fed in pieces of that size.
Relayed relay(ChatStream& stream, const std::string& input, size_t piece) {
  Relayed relayed{};
  for (size_t at = 0; at < input.size(); at += piece)
    stream.feed(std::string_view(input).substr(at, piece), relayed.out);
  relayed.phase = stream.finish(relayed.out);
  return relayed;
}

}  // namespace

TEST_SUITE("dialect/openai_media_stream") {
  TEST_CASE("events pass verbatim however they are cut, and end with the body") {
    const std::string input = ": hello\n\n" + kPartial + ": keep-alive\n\n" + kCompleted;
    for (size_t piece = 1; piece <= input.size(); ++piece) {
      MediaEvents stream(MediaKind::ImageGeneration);
      const Relayed relayed = relay(stream, input, piece);
      CHECK(relayed.out == input);
      CHECK(relayed.phase == StreamPhase::Done);
      CHECK(stream.usage().output_image == 100);
      CHECK(stream.usage().images == 1);
    }
  }

  TEST_CASE("[DONE] ends a stream before its body does") {
    MediaEvents stream(MediaKind::Transcription);
    std::string out;
    CHECK(stream.feed("data: {\"type\":\"transcript.text.done\",\"text\":\"hi\"}\n\n", out) ==
          StreamPhase::Streaming);
    CHECK(stream.feed("data: [DONE]\n\n", out) == StreamPhase::Done);
    CHECK(out.ends_with("data: [DONE]\n\n"));
  }

  TEST_CASE("speech in events counts its sound") {
    MediaEvents stream(MediaKind::Speech);
    std::string out;
    stream.feed("data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAA=\"}\n\n", out);
    stream.feed(
        "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":4,\"output_tokens\":80,"
        "\"total_tokens\":84}}\n\n",
        out);
    CHECK(stream.finish(out) == StreamPhase::Done);
    CHECK(stream.usage().output_audio == 80);
    CHECK(stream.usage().input_uncached == 4);
  }

  TEST_CASE("a stream without its last event was cut") {
    MediaEvents stream(MediaKind::ImageGeneration);
    const Relayed relayed = relay(stream, kPartial, 7);
    CHECK(relayed.phase == StreamPhase::Failed);
    CHECK(stream.failure() == StreamFailure::Truncated);
    CHECK(relayed.out == kPartial);
    MediaEvents half(MediaKind::ImageGeneration);
    CHECK(relay(half, kPartial + kCompleted.substr(0, 30), 9).phase == StreamPhase::Failed);
    MediaEvents empty(MediaKind::ImageGeneration);
    CHECK(relay(empty, ": hello\n\n", 4).phase == StreamPhase::Failed);
    CHECK_FALSE(empty.released());
  }

  TEST_CASE("an error before anything lets another try, later it is passed on") {
    MediaEvents first(MediaKind::ImageGeneration);
    CHECK(relay(first, kError, 5).out.empty());
    CHECK_FALSE(first.released());
    CHECK(first.failure() == StreamFailure::UpstreamError);
    CHECK(first.upstreamError().message == "no");
    MediaEvents later(MediaKind::ImageGeneration);
    CHECK(relay(later, kPartial + kError, 5).out == kPartial + kError);
    CHECK(later.phase() == StreamPhase::Failed);
  }

  TEST_CASE("rubbish is none of its events") {
    MediaEvents stream(MediaKind::ImageGeneration);
    CHECK(relay(stream, "data: <html>\n\n", 3).out.empty());
    CHECK(stream.failure() == StreamFailure::Garbage);
  }

  TEST_CASE("bytes pass as they come; where they end the transport knows") {
    MediaBytes stream;
    CHECK_FALSE(stream.knowsItsEnd());
    const std::string sound("RIFF\0\xFF data: [DONE]\n\n", 21);
    const Relayed relayed = relay(stream, sound, 4);
    CHECK(relayed.out == sound);
    CHECK(relayed.phase == StreamPhase::Done);
    MediaBytes silent;
    CHECK(relay(silent, "", 1).phase == StreamPhase::Failed);
  }
}
