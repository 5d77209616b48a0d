#include "dialect/gemini_event_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/translate.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string chunk(const std::string& parts, const std::string& finish = "") {
  return R"({"candidates":[{"content":{"parts":[)" + parts + R"(],"role":"model"})" +
         (finish.empty() ? "" : R"(,"finishReason":")" + finish + "\"") +
         R"(,"index":0}],"modelVersion":"m","responseId":"r1"})";
}

std::string sse(const std::vector<std::string>& chunks) {
  std::string text;
  for (const std::string& each : chunks) text += "data: " + each + "\r\n\r\n";
  return text;
}

std::string array(const std::vector<std::string>& chunks) {
  std::string text = "[";
  for (const std::string& each : chunks) text += (text.size() > 1 ? "\n,\r\n" : "") + each;
  return text + "\n]\n";
}

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  int64_t output;
  bool operator==(const Outcome&) const = default;
};

Outcome toOpenAi(std::string_view bytes, size_t step = 1 << 20) {
  const auto stream = translateStream(Dialect::Gemini, Dialect::OpenAi, {.id = "x", .model = "y"});
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += step) stream->feed(bytes.substr(at, step), out);
  stream->finish(out);
  return {out, stream->phase(), stream->failure(), stream->estimatedOutputTokens()};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::vector<std::string> kChunks = {
    chunk(R"({"text":"hm","thought":true})"), chunk(R"({"text":"Hé \"]}"})"),
    chunk(R"({"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2ln"},)"
          R"({"functionCall":{"name":"g"}})",
          "STOP")};

}  // namespace

TEST_SUITE("dialect/gemini_event_reader") {
  TEST_CASE("events and the JSON array tell the same, however they are cut") {
    const Outcome expected = toOpenAi(sse(kChunks));
    CHECK(expected.phase == StreamPhase::Done);
    CHECK(has(expected.out, R"("reasoning_content":"hm")"));
    CHECK(has(expected.out, R"("extra_content":{"google":{"thought_signature":"c2ln"}})"));
    CHECK(has(expected.out, R"("id":"call_g_r1_1")"));
    CHECK(has(expected.out, R"("arguments":"{}")"));
    CHECK(has(expected.out, R"("finish_reason":"tool_calls")"));
    for (size_t step = 1; step < 60; ++step) {
      CHECK(toOpenAi(sse(kChunks), step) == expected);
      CHECK(toOpenAi(array(kChunks), step) == expected);
    }
    CHECK(toOpenAi(" \r\n" + array(kChunks), 1) == expected);
  }

  TEST_CASE("a stream that is cut before its reason to finish is none") {
    const std::string whole = sse(kChunks), listed = array(kChunks);
    const size_t told = whole.rfind("STOP"), listed_told = listed.rfind("STOP");
    for (size_t size = 0; size < told; size += 7)
      CHECK(toOpenAi(std::string_view(whole).substr(0, size)).failure == StreamFailure::Truncated);
    for (size_t size = 0; size < listed_told; size += 7)
      CHECK(toOpenAi(std::string_view(listed).substr(0, size)).failure == StreamFailure::Truncated);
    CHECK(toOpenAi(array({chunk(R"({"text":"Hi"})")})).failure == StreamFailure::Truncated);
    CHECK(toOpenAi("[]").failure == StreamFailure::Truncated);
  }

  TEST_CASE("failures of the model are errors, before content and after") {
    for (const char* word : {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "OTHER"}) {
      const Outcome early = toOpenAi(sse({chunk("", word)}));
      CHECK(early.failure == StreamFailure::UpstreamError);
      CHECK(early.out.empty());
      const Outcome late = toOpenAi(sse({chunk(R"({"text":"Hi"})"), chunk("", word)}));
      CHECK(late.failure == StreamFailure::UpstreamError);
      CHECK(has(late.out, word));
      CHECK_FALSE(has(late.out, "[DONE]"));
    }
  }

  TEST_CASE("what is new breaks nothing") {
    const Outcome outcome = toOpenAi(sse(
        {R"({"newThing":1})", chunk(R"({"newPart":{}},{"text":"Hi"},{})"),
         R"({"usageMetadata":{"promptTokenCount":"odd","newCount":{}}})", chunk("", "FANCY_NEW")}));
    CHECK(outcome.phase == StreamPhase::Done);
    CHECK(has(outcome.out, R"("content":"Hi")"));
    CHECK(has(outcome.out, R"("x_stop_reason":"FANCY_NEW")"));
  }

  TEST_CASE("a blocked prompt is a refusal, an error an error, garbage garbage") {
    const Outcome blocked = toOpenAi(sse({R"({"promptFeedback":{"blockReason":"SAFETY"}})"}));
    CHECK(blocked.phase == StreamPhase::Done);
    CHECK(has(blocked.out, R"("finish_reason":"content_filter")"));
    CHECK(toOpenAi(array({R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})"}))
              .failure == StreamFailure::UpstreamError);
    CHECK(toOpenAi(sse({"[1]"})).failure == StreamFailure::Garbage);
    CHECK(toOpenAi("[{\"a\":}]").failure == StreamFailure::Garbage);
    CHECK(toOpenAi("[1]").failure == StreamFailure::Garbage);
  }

  TEST_CASE("calls of custom tools come as their text") {
    const auto stream =
        translateStream(Dialect::Gemini, Dialect::OpenAi, {.id = "x", .context = {{}, {"shell"}}});
    std::string out;
    stream->feed(
        sse({chunk(R"({"functionCall":{"name":"shell","args":{"input":"ls -l"}}})", "STOP")}), out);
    stream->finish(out);
    CHECK(has(out, R"("type":"custom")"));
    CHECK(has(out, R"("input":"ls -l")"));
  }
}
