// The golden streams are as Anthropic sends them (tests/golden/anthropic/*.in.sse).
#include "dialect/anthropic_stream.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string event(const std::string& name, const std::string& more = "") {
  return "event: " + name + "\ndata: {\"type\":\"" + name + "\"" + more + "}\n\n";
}

const std::string kStart =
    event("message_start",
          R"(,"message":{"id":"m","model":"claude","usage":{"input_tokens":9,"output_tokens":1}})");
const std::string kBlock =
    event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})");
const std::string kHi =
    event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":"Hi"})");
const std::string kBlockStop = event("content_block_stop", R"(,"index":0)");
const std::string kDelta = event(
    "message_delta",
    R"(,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5})");
const std::string kStop = event("message_stop");
const std::string kPing = event("ping");
const std::string kError =
    event("error", R"(,"error":{"type":"overloaded_error","message":"Overloaded"})");

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  bool released;
  model::Usage usage;
  int64_t estimate;
  bool operator==(const Outcome&) const = default;
};

Outcome relay(const std::vector<std::string_view>& reads, const std::string& trace = "") {
  AnthropicRelay relay;
  if (!trace.empty()) relay.setTrace([&trace] { return trace; });
  std::string out;
  for (const auto read : reads) relay.feed(read, out);
  relay.finish(out);
  return {out,
          relay.phase(),
          relay.failure(),
          relay.released(),
          relay.usage(),
          relay.estimatedOutputTokens()};
}

std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("dialect/anthropic_stream") {
  TEST_CASE("recorded streams pass verbatim, however they are cut") {
    const auto folder = std::filesystem::path(__FILE__).parent_path() / "../../golden/anthropic";
    int streams = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const std::string bytes = readFile(entry.path());
      INFO(entry.path().string());
      ++streams;
      const Outcome whole = relay({bytes});
      CHECK(whole.phase == StreamPhase::Done);
      // Only comments before the first content are not passed on.
      std::string expected = bytes;
      const std::string_view comment = ": comment\r\n\r\n";
      if (const size_t at = expected.find(comment); at != std::string::npos)
        expected.erase(at, comment.size());
      CHECK(whole.out == expected);
      CHECK(whole.usage.source == model::Usage::Source::Provider);
      const std::string_view view = bytes;
      for (size_t cut = 1; cut < bytes.size(); ++cut)
        REQUIRE(relay({view.substr(0, cut), view.substr(cut)}) == whole);
    }
    CHECK(streams >= 5);
  }

  TEST_CASE("lifecycle frames are held until the first content") {
    AnthropicRelay relay;
    std::string out;
    CHECK(relay.feed(kStart + kBlock + kPing + event("something_new"), out) ==
          StreamPhase::Waiting);
    CHECK(out.empty());
    CHECK(relay.feed(kHi, out) == StreamPhase::Streaming);
    CHECK(out == kStart + kBlock + kPing + event("something_new") + kHi);
    CHECK(relay.model() == "claude");
    CHECK(relay.feed(kBlockStop + kDelta + kStop, out) == StreamPhase::Done);
    CHECK(relay.usage().input_uncached == 9);
    CHECK(relay.usage().output_text == 5);
  }

  TEST_CASE("a block that begins with something is content, as is a delta of a new kind") {
    for (const char* more :
         {R"(,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}})",
          R"(,"content_block":{"type":"redacted_thinking","data":"x"})",
          R"(,"content_block":{"type":"new","thing":[1]})"}) {
      AnthropicRelay relay;
      std::string out;
      CHECK(relay.feed(event("content_block_start", more), out) == StreamPhase::Streaming);
    }
    AnthropicRelay relay;
    std::string out;
    CHECK(relay.feed(event("content_block_delta", R"(,"delta":{"type":"new","thing":"x"})"), out) ==
          StreamPhase::Streaming);
  }

  TEST_CASE("a stop reason without content is an answer, a stop without one is none") {
    CHECK(relay({kStart + kDelta + kStop}).phase == StreamPhase::Done);
    const Outcome nothing = relay({kStart + kStop});
    CHECK(nothing.failure == StreamFailure::Truncated);
    CHECK(nothing.out.empty());
  }

  TEST_CASE("a cut is a cut, but after the stop reason only its end is missing") {
    const std::string stream = kStart + kBlock + kHi + kBlockStop + kDelta + kStop;
    for (size_t size = 0; size < stream.size(); ++size) {
      const Outcome cut = relay({std::string_view(stream).substr(0, size)});
      const bool told = size >= stream.size() - kStop.size();
      CHECK(cut.phase == (told ? StreamPhase::Done : StreamPhase::Failed));
      if (told)
        CHECK(cut.out == stream);
      else
        CHECK(cut.failure == StreamFailure::Truncated);
    }
  }

  TEST_CASE("errors before content are kept from the caller, later ones are passed on") {
    const Outcome early = relay({kStart + kError + kHi});
    CHECK(early.failure == StreamFailure::UpstreamError);
    CHECK(early.out.empty());
    CHECK(!early.released);
    const Outcome late = relay({kStart + kBlock + kHi + kError + kHi});
    CHECK(late.out == kStart + kBlock + kHi + kError);
    CHECK(late.phase == StreamPhase::Failed);
  }

  TEST_CASE("what is no JSON, and more than may be held, is garbage") {
    CHECK(relay({"data: {\n\n"}).failure == StreamFailure::Garbage);
    CHECK(relay({"data: [1]\n\n"}).failure == StreamFailure::Garbage);
    std::string pings;
    while (pings.size() < (1 << 20)) pings += kPing;
    CHECK(relay({pings + kPing}).failure == StreamFailure::Garbage);
  }

  TEST_CASE("the trace goes into the event with the stop reason") {
    const Outcome traced = relay({kStart + kHi + kDelta + kStop}, R"({"n":1})");
    std::string delta = kDelta;
    delta.insert(delta.rfind('}'), R"(,"mlx:trace":{"n":1})");
    CHECK(traced.out == kStart + kHi + delta + kStop);
  }

  TEST_CASE("without usage, what was said is counted") {
    const Outcome outcome = relay({kHi + kHi + kStop});
    CHECK(outcome.usage.source == model::Usage::Source::None);
    CHECK(outcome.estimate == 3);
  }
}
