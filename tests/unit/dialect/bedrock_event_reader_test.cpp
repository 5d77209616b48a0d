#include "dialect/bedrock_event_reader.h"

#include <doctest/doctest.h>

#include <string>

#include "dialect/translate.h"
#include "unit/dialect/aws_frames.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  model::Usage usage;
  bool operator==(const Outcome&) const = default;
};

Outcome toAnthropic(std::string_view bytes, size_t step = 1 << 20, AnswerContext context = {}) {
  const auto stream = translateStream(Dialect::Bedrock, Dialect::Anthropic,
                                      {.id = "x", .model = "y", .context = std::move(context)});
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += step) stream->feed(bytes.substr(at, step), out);
  stream->finish(out);
  return {out, stream->phase(), stream->failure(), stream->usage()};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

const std::string kHead =
    "event messageStart {\"role\":\"assistant\"}\n"
    "event contentBlockDelta "
    "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"hm\"}}}\n"
    "event contentBlockDelta "
    "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"EqQB\"}}}\n"
    "event contentBlockStop {\"contentBlockIndex\":0}\n"
    "event contentBlockStart "
    "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"shell\"}}}\n"
    "event contentBlockDelta "
    "{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"{\\\"input\\\":\"}}}\n"
    "event contentBlockDelta "
    "{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"\\\"ls\\\"}\"}}}\n"
    "event contentBlockStop {\"contentBlockIndex\":1}\n";
const std::string kStop = "event messageStop {\"stopReason\":\"tool_use\"}\n";
const std::string kMetadata =
    "event metadata {\"usage\":{\"inputTokens\":5,\"outputTokens\":3,\"totalTokens\":8}}\n";

}  // namespace

TEST_SUITE("dialect/bedrock_event_reader") {
  TEST_CASE("cuts anywhere make no difference") {
    const std::string bytes = framesOf(kHead + kStop + kMetadata);
    const Outcome expected = toAnthropic(bytes);
    CHECK(expected.phase == StreamPhase::Done);
    CHECK(expected.usage.output_text == 3);
    CHECK(has(expected.out, R"("type":"signature_delta","signature":"EqQB")"));
    CHECK(has(expected.out, R"("id":"t1","name":"shell")"));
    CHECK(has(expected.out, R"("stop_reason":"tool_use")"));
    for (size_t step = 1; step < bytes.size(); ++step) CHECK(toAnthropic(bytes, step) == expected);
  }

  TEST_CASE("a cut before the stop reason is no end, after it only the usage lacks") {
    const std::string head = framesOf(kHead), stopped = framesOf(kHead + kStop);
    for (size_t size = 0; size < stopped.size(); size += 5)
      CHECK(toAnthropic(std::string_view(stopped).substr(0, size)).failure ==
            StreamFailure::Truncated);
    CHECK(toAnthropic(stopped).phase == StreamPhase::Done);
    CHECK(toAnthropic(framesOf(kHead + kMetadata)).failure == StreamFailure::Truncated);
  }

  TEST_CASE("exceptions and errors within the stream are errors") {
    const std::string exception =
        framesOf("exception throttlingException {\"message\":\"Slow down.\"}\n");
    CHECK(toAnthropic(exception).failure == StreamFailure::UpstreamError);
    CHECK(toAnthropic(exception).out.empty());
    const Outcome late = toAnthropic(framesOf(kHead) + exception + framesOf(kStop + kMetadata));
    CHECK(late.failure == StreamFailure::UpstreamError);
    CHECK(has(late.out,
              R"({"type":"error","error":{"type":"rate_limit_error","message":"Slow down."}})"));
    CHECK_FALSE(has(late.out, "message_stop"));
    const std::string error = frameOf({{":message-type", "error"},
                                       {":error-code", "InternalServerException"},
                                       {":error-message", "Down \"now\"."}},
                                      "");
    CHECK(has(toAnthropic(framesOf(kHead) + error).out, R"(Down \"now\".)"));
  }

  TEST_CASE("a checksum that does not hold is garbage") {
    std::string bytes = framesOf(kHead + kStop + kMetadata);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    CHECK(toAnthropic(bytes).failure == StreamFailure::Garbage);
    CHECK(toAnthropic(framesOf("event messageStop nonsense\n")).failure == StreamFailure::Garbage);
  }

  TEST_CASE("made-up tools are turned back") {
    const std::string bytes = framesOf(kHead + kStop + kMetadata);
    const Outcome json = toAnthropic(bytes, 1 << 20, {"shell", {}});
    CHECK(has(json.out, R"("type":"text_delta")"));
    CHECK_FALSE(has(json.out, "tool_use"));
    CHECK(has(json.out, R"("stop_reason":"end_turn")"));
    const auto stream =
        translateStream(Dialect::Bedrock, Dialect::OpenAi, {.id = "x", .context = {{}, {"shell"}}});
    std::string out;
    stream->feed(bytes, out);
    CHECK(has(out, R"("input":"ls")"));
  }

  TEST_CASE("failures of the model are errors") {
    const Outcome outcome = toAnthropic(
        framesOf(kHead + "event messageStop {\"stopReason\":\"malformed_tool_use\"}\n"));
    CHECK(outcome.failure == StreamFailure::UpstreamError);
  }
}
