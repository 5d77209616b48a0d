#include "dialect/gemini_relay.h"

#include <doctest/doctest.h>

#include <string>

#include "json/scan.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

// With members that no reader of ours knows.
const std::string kHi =
    R"({"candidates": [{"content":{"parts":[{"text":"Hi"}],"role":"model"},"avgLogprobs":-0.5,"index":0}],)"
    R"("modelVersion":"g-1","responseId":"r","newMember":{"a":[1]}})";
const std::string kEnd =
    R"({"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP","index":0,)"
    R"("groundingMetadata":{"x":1}}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"totalTokenCount":6}})";
const std::string kEmpty =
    R"({"candidates":[{"content":{"role":"model"},"index":0}],"responseId":"r"})";
const std::string kError = R"({"error":{"code":503,"message":"Busy.","status":"UNAVAILABLE"}})";

std::string event(const std::string& chunk) { return "data: " + chunk + "\n\n"; }

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  bool operator==(const Outcome&) const = default;
};

Outcome relayed(const std::string& bytes, size_t step = 1 << 20,
                GeminiFraming framing = GeminiFraming::Sse) {
  GeminiRelay relay(framing);
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += step) relay.feed(bytes.substr(at, step), out);
  relay.finish(out);
  return {out, relay.phase(), relay.failure()};
}

}  // namespace

TEST_SUITE("dialect/gemini_relay") {
  TEST_CASE("chunks leave as they came, with what nobody here knows, however they are cut") {
    const std::string stream = event(kHi) + event(kEnd);
    const Outcome whole = relayed(stream);
    CHECK(whole.out == stream);
    CHECK(whole.phase == StreamPhase::Done);
    for (size_t step = 1; step < 40; ++step) CHECK(relayed(stream, step) == whole);
  }

  TEST_CASE("a stream's framing becomes the caller's") {
    const std::string array = "[" + kHi + ",\r\n" + kEnd + "]";
    CHECK(relayed(array).out == event(kHi) + event(kEnd));
    CHECK(relayed(event(kHi) + event(kEnd), 3, GeminiFraming::Array).out == array);
    CHECK(relayed(array, 5, GeminiFraming::Array).out == array);
  }

  TEST_CASE("nothing leaves before the first content") {
    GeminiRelay relay(GeminiFraming::Sse);
    std::string out;
    CHECK(relay.feed(event(kEmpty), out) == StreamPhase::Waiting);
    CHECK(out.empty());
    CHECK(relay.feed(event(kHi), out) == StreamPhase::Streaming);
    CHECK(out == event(kEmpty) + event(kHi));
    CHECK(relay.model() == "");
    relay.feed(event(kEnd), out);
    relay.finish(out);
    CHECK(relay.usage().input() == 4);
    CHECK(relay.usage().output() == 2);
    CHECK(relay.estimatedOutputTokens() == 1);
  }

  TEST_CASE("the trace is in the chunk that finishes, once") {
    GeminiRelay relay(GeminiFraming::Sse);
    relay.setTrace([] { return std::string(R"({"n":1})"); });
    std::string out;
    relay.feed(event(kHi) + event(kEnd) + event(kEnd), out);
    relay.finish(out);
    CHECK(out == event(kHi) + event(kEnd.substr(0, kEnd.size() - 1) + R"(,"mlx:trace":{"n":1}})") +
                     event(kEnd));
  }

  TEST_CASE("errors before content are kept for the next attempt, later ones are passed on") {
    const Outcome early = relayed(event(kError));
    CHECK(early == Outcome{"", StreamPhase::Failed, StreamFailure::UpstreamError});
    const Outcome late = relayed(event(kHi) + event(kError) + event(kHi));
    CHECK(late.out == event(kHi) + event(kError));
    CHECK(late.failure == StreamFailure::UpstreamError);
    CHECK(relayed(event(kHi) + event(kError), 9, GeminiFraming::Array).out ==
          "[" + kHi + ",\r\n" + kError + "]");
  }

  TEST_CASE("what is cut or no stream of the dialect is no clean end") {
    CHECK(relayed(event(kHi)).failure == StreamFailure::Truncated);
    CHECK(relayed("").failure == StreamFailure::Truncated);
    CHECK(relayed(event("{")).failure == StreamFailure::Garbage);
    CHECK(relayed(event(kHi) + event("x")).out == event(kHi));
    CHECK(relayed("[" + kHi + "] more").failure == StreamFailure::Garbage);
    const std::string much = R"({"candidates":[],"x":")" + std::string(2 << 20, 'x') + "\"}";
    CHECK(relayed("[" + much, 1 << 16).failure == StreamFailure::Garbage);
  }
}
