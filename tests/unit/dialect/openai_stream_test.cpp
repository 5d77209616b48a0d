// The golden streams are as servers send them (tests/golden/openai/*.in.sse), with what a caller
// who asked for no usage gets of them (*.out.sse).
#include "dialect/openai_stream.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "json/document.h"

using namespace penstock;
using namespace penstock::dialect;
using UsageFor = StreamRelay::UsageFor;

namespace {

std::string event(std::string_view data) { return "data: " + std::string(data) + "\n\n"; }

const std::string kRole = event(
    R"({"id":"c","model":"gpt","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})");
const std::string kHi =
    event(R"({"id":"c","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]})");
const std::string kFinish =
    event(R"({"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})");
const std::string kUsage = event(
    R"({"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}})");
const std::string kDone = event("[DONE]");
const std::string kError =
    event(R"({"error":{"message":"boom","type":"server_error","code":null}})");

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  bool released;
  model::Usage usage;
  int64_t estimate;
  bool operator==(const Outcome&) const = default;
};

Outcome relay(const std::vector<std::string_view>& reads, StreamRelay::Options options = {},
              std::string trace = "") {
  StreamRelay relay(options);
  relay.setTrace([&trace] { return trace; });
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

const std::filesystem::path kFolder =
    std::filesystem::path(__FILE__).parent_path() / "../../golden/openai";

std::string readFile(const std::string& name) {
  std::ifstream file(kFolder / name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

model::Usage usage(int64_t uncached, int64_t read, int64_t text, int64_t reasoning) {
  model::Usage u;
  u.input_uncached = uncached;
  u.input_cache_read = read;
  u.output_text = text;
  u.output_reasoning = reasoning;
  u.source = model::Usage::Source::Provider;
  return u;
}

}  // namespace

TEST_SUITE("dialect/openai_stream") {
  TEST_CASE("usage is taken out for a caller who did not ask, and passed to one who did") {
    const std::string stream = kRole + kHi + kFinish + kUsage + kDone;
    const Outcome hidden = relay({stream});
    CHECK(hidden.out == kRole + kHi + kFinish + kDone);
    CHECK(hidden.phase == StreamPhase::Done);
    CHECK(hidden.usage.input_uncached == 9);
    const Outcome shown = relay({stream}, {.usage = UsageFor::Caller});
    CHECK(shown.out == stream);
    CHECK(shown.usage == hidden.usage);
  }

  TEST_CASE("frames before the first content are held, whatever comes first is content") {
    StreamRelay relay({});
    std::string out;
    CHECK(relay.feed(": ping\n\n" + kRole, out) == StreamPhase::Waiting);
    CHECK(relay.feed(event(R"({"choices":[{"index":0,"delta":{"content":null,"tool_calls":[]}}]})"),
                     out) == StreamPhase::Waiting);
    CHECK(out.empty());
    CHECK(!relay.released());
    CHECK(relay.feed(kHi, out) == StreamPhase::Streaming);
    CHECK(out.starts_with(kRole));
    CHECK(out.ends_with(kHi));
    CHECK(relay.model() == "gpt");

    for (const char* delta : {R"({"reasoning_content":"x"})", R"({"reasoning":"x"})",
                              R"({"refusal":"no"})", R"({"content":[{"type":"text","text":"x"}]})",
                              R"({"tool_calls":[{"index":0,"function":{"name":"f"}}]})",
                              R"({"audio":{"data":"x"}})", R"({"something_new":"x"})"}) {
      StreamRelay other({});
      std::string bytes;
      INFO(std::string(delta));
      CHECK(other.feed(event("{\"choices\":[{\"index\":0,\"delta\":" + std::string(delta) + "}]}"),
                       bytes) == StreamPhase::Streaming);
    }
  }

  TEST_CASE("a finish without content is an answer") {
    const Outcome outcome = relay({kRole + kFinish + kDone});
    CHECK(outcome.out == kRole + kFinish + kDone);
    CHECK(outcome.phase == StreamPhase::Done);
  }

  TEST_CASE("a usage member is cut out of chunks that have choices") {
    struct Case {
      std::string in, out;
    };
    const std::vector<Case> cases = {
        {R"({"choices":[{"index":0,"delta":{"content":"a"}}],"usage":null})",
         R"({"choices":[{"index":0,"delta":{"content":"a"}}]})"},
        {R"({"usage":{"prompt_tokens":1}, "choices":[{"index":0,"delta":{"content":"a"}}]})",
         R"({ "choices":[{"index":0,"delta":{"content":"a"}}]})"},
        {R"({"id":"x" , "usage":null , "choices":[{"index":0,"delta":{"content":"a"}}]})",
         R"({"id":"x"  , "choices":[{"index":0,"delta":{"content":"a"}}]})"},
        {R"({"choices":[{"index":0,"delta":{"content":"\"usage\":1"}}]})",
         R"({"choices":[{"index":0,"delta":{"content":"\"usage\":1"}}]})"},
    };
    for (const Case& c : cases) {
      StreamRelay relay({});
      std::string out;
      relay.feed(event(c.in), out);
      CHECK(out == event(c.out));
      StreamRelay asked({.usage = UsageFor::Caller});
      std::string verbatim;
      asked.feed(event(c.in), verbatim);
      CHECK(verbatim == event(c.in));
    }
  }

  TEST_CASE("the last usage counts, and Groq's and Moonshot's places are known") {
    const std::string first = event(
        R"({"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}})");
    const std::string last = event(
        R"({"choices":[{"index":0,"delta":{"content":"b"}}],"usage":{"prompt_tokens":9,"completion_tokens":2}})");
    CHECK(relay({first + last + kFinish + kDone}).usage.output_text == 2);
    const std::string groq = event(
        R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":3}}})");
    CHECK(relay({groq + kDone}).usage.input_uncached == 3);
    const std::string moonshot = event(
        R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":4}}]})");
    CHECK(relay({moonshot + kDone}).usage.input_uncached == 4);
  }

  TEST_CASE("a missing [DONE] is added once every choice is finished") {
    CHECK(relay({kRole + kHi + kFinish}).out == kRole + kHi + kFinish + kDone);
    CHECK(relay({kRole + kHi + kFinish + "data: [DONE]"}).out == kRole + kHi + kFinish + kDone);
    CHECK(relay({kRole + kHi + kFinish + "data: {\"cut"}).out == kRole + kHi + kFinish + kDone);
    const Outcome half = relay({kHi + kFinish}, {.choices = 2});
    CHECK(half.phase == StreamPhase::Failed);
    CHECK(half.failure == StreamFailure::Truncated);
    const std::string second =
        event(R"({"choices":[{"index":1,"delta":{},"finish_reason":"length"}]})");
    CHECK(relay({kHi + kFinish + second}, {.choices = 2}).phase == StreamPhase::Done);
  }

  TEST_CASE("a cut stream is truncated and gets no [DONE]") {
    const std::string stream = kRole + kHi + kFinish;
    const size_t finish = kRole.size() + kHi.size();
    for (size_t length = 0; length < finish + kFinish.size() - 1; ++length) {
      const Outcome outcome = relay({std::string_view(stream).substr(0, length)});
      CHECK(outcome.phase == StreamPhase::Failed);
      CHECK(outcome.failure == StreamFailure::Truncated);
      CHECK(outcome.released == (length >= finish));
      CHECK(outcome.out.find("[DONE]") == std::string::npos);
    }
  }

  TEST_CASE("nothing at all, or [DONE] alone, is no answer") {
    CHECK(relay({}).failure == StreamFailure::Truncated);
    CHECK(relay({kDone}).failure == StreamFailure::Truncated);
    CHECK(relay({kUsage + kDone}).failure == StreamFailure::Truncated);
  }

  TEST_CASE("an error event before content leaves the fallback open") {
    const Outcome outcome = relay({kRole + kError});
    CHECK(outcome.failure == StreamFailure::UpstreamError);
    CHECK(!outcome.released);
    CHECK(outcome.out.empty());
  }

  TEST_CASE("an error event after content is relayed and ends the stream without [DONE]") {
    const Outcome outcome = relay({kRole + kHi + kError + kFinish + kDone});
    CHECK(outcome.failure == StreamFailure::UpstreamError);
    CHECK(outcome.out == kRole + kHi + kError);
    StreamRelay relay({});
    std::string out;
    relay.feed(kHi + event(R"({"choices":[],"error":{"message":"in a chunk"}})"), out);
    CHECK(relay.upstreamError().message == "in a chunk");
    StreamRelay named({});
    named.feed("event: error\ndata: {\"message\":\"named\"}\n\n", out);
    CHECK(named.upstreamError().message == "named");
  }

  TEST_CASE("garbage ends the stream at once") {
    for (const char* bad :
         {"data: not json\n\n", "data: [1]\n\n", "data: {\"a\":1\n\n",
          "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xFF\"}}]}\n\n"}) {
      const Outcome before = relay({bad + kHi + kDone});
      CHECK(before.failure == StreamFailure::Garbage);
      CHECK(!before.released);
      const Outcome after = relay({kHi + bad + kHi + kDone});
      CHECK(after.failure == StreamFailure::Garbage);
      CHECK(after.out == kHi);
    }
  }

  TEST_CASE("frames that are held are bounded") {
    StreamRelay relay({});
    std::string out;
    const std::string empty = event(R"({"choices":[{"index":0,"delta":{"content":""}}],"pad":")" +
                                    std::string(100'000, 'x') + "\"}");
    StreamPhase phase = StreamPhase::Waiting;
    for (int i = 0; i < 20 && phase == StreamPhase::Waiting; ++i) phase = relay.feed(empty, out);
    CHECK(phase == StreamPhase::Failed);
  }

  TEST_CASE("the trace is added to the chunk that finishes the last choice") {
    const Outcome outcome = relay({kHi + kFinish + kDone}, {}, R"({"t":1})");
    CHECK(
        outcome.out ==
        kHi +
            event(
                R"({"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"mlx:trace":{"t":1}})") +
            kDone);
    const std::string both =
        event(R"({"usage":null,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]} )");
    CHECK(relay({both}, {}, "[]").out ==
          event(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"mlx:trace":[]} )") +
              kDone);
  }

  TEST_CASE(
      "the trace is made when the last choice finishes, once, and tells what was known then") {
    StreamRelay relay({.choices = 2});
    int rendered = 0;
    relay.setTrace([&rendered] { return std::to_string(++rendered); });
    std::string out;
    relay.feed(kRole + kHi + kFinish, out);
    CHECK(rendered == 0);
    const std::string second =
        event(R"({"choices":[{"index":1,"delta":{},"finish_reason":"length"}]})");
    relay.feed(second + second + kDone, out);
    CHECK(rendered == 1);
    CHECK(
        out ==
        kRole + kHi + kFinish +
            event(
                R"({"choices":[{"index":1,"delta":{},"finish_reason":"length"}],"mlx:trace":1})") +
            second + kDone);
  }

  TEST_CASE("content and [DONE] without a finish_reason is an answer as it is") {
    const Outcome outcome = relay({kRole + kHi + kDone}, {}, R"({"t":1})");
    CHECK(outcome.phase == StreamPhase::Done);
    CHECK(outcome.out == kRole + kHi + kDone);  // nothing is made up, the trace has no place
    CHECK(relay({kRole + kHi + "data: [DONE]"}).phase == StreamPhase::Done);
    // But not without [DONE].
    CHECK(relay({kRole + kHi}).failure == StreamFailure::Truncated);
  }

  TEST_CASE("chunks whose data has several lines are edited too") {
    const std::string lines =
        "event: x\ndata: {\"choices\":[{\"index\":0,\ndata: "
        "\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n";
    const Outcome outcome = relay({lines});
    CHECK(
        outcome.out ==
        "event: x\ndata: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"a\"}}]}\n\n");
  }

  TEST_CASE("comments are relayed once streaming") {
    const std::string ping = ": ping\n\n";
    CHECK(relay({ping + kHi + ping + kFinish + kDone}).out == kHi + ping + kFinish + kDone);
  }

  TEST_CASE("what was produced is estimated when no usage came") {
    const std::string tool = event(
        R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"abcd","arguments":"12345678"}}]}}]})");
    CHECK(relay({kHi}).estimate == 1);
    CHECK(relay({tool}).estimate == 10);
    const std::string thought =
        event(R"({"choices":[{"index":0,"delta":{"reasoning":"12345678"}}]})");
    CHECK(relay({thought + thought}).estimate == 16);
  }

  TEST_CASE("the outcome does not depend on where reads are cut") {
    const std::string stream =
        ": ping\r\n\r\n" + kRole + kHi +
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}],\"usage\":null}\r\n\r\n" +
        kFinish + kUsage + kDone;
    const Outcome whole = relay({stream}, {}, "{}");
    CHECK(whole.phase == StreamPhase::Done);
    const std::string_view text = stream;
    for (size_t at = 0; at <= text.size(); ++at) {
      CHECK(relay({text.substr(0, at), text.substr(at)}, {}, "{}") == whole);
    }
    std::vector<std::string_view> bytes;
    for (size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
    CHECK(relay(bytes, {}, "{}") == whole);
  }

  TEST_CASE("servers' streams come out as recorded, however they are cut") {
    const std::map<std::string, model::Usage> cases = {
        {"openai", usage(9, 0, 1, 0)},     {"azure", {}},
        {"openrouter", usage(5, 0, 1, 0)}, {"vllm", usage(5, 0, 2, 0)},
        {"groq", usage(7, 0, 1, 0)},       {"deepseek", usage(2, 4, 6, 3)},
    };
    for (const auto& one : cases) {
      const std::string& name = one.first;
      const model::Usage& expected = one.second;
      INFO(name);
      const std::string in = readFile(name + ".in.sse");
      const std::string out = readFile(name + ".out.sse");
      for (size_t at = 0; at <= in.size(); ++at) {
        StreamRelay relay({});
        std::string got;
        relay.feed(std::string_view(in).substr(0, at), got);
        relay.feed(std::string_view(in).substr(at), got);
        CHECK(relay.finish(got) == StreamPhase::Done);
        if (got != out) FAIL("cut at " << at << ":\n" << got);
        REQUIRE(relay.usage() == expected);
      }
    }
  }

  TEST_CASE("relaying timings" * doctest::skip()) {
    const std::string chunk = event(
        R"({"id":"chatcmpl-ABCDEFGHIJ0123456789","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"content":" token"},"finish_reason":null}],"usage":null})");
    StreamRelay relay({});
    std::string out;
    constexpr int kRounds = 400'000;
    const std::clock_t start = std::clock();
    for (int i = 0; i < kRounds; ++i) {
      out.clear();
      relay.feed(chunk, out);
    }
    const double took = 1e6 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    std::printf("relay of a %zu byte event: %.2f us\n", chunk.size(), took / kRounds);
    CHECK(relay.phase() == StreamPhase::Streaming);
  }
}
