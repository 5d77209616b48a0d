#include "dialect/stream_translator.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/translate.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

std::string chunk(const std::string& delta, const std::string& finish = "null") {
  return R"(data: {"id":"c","model":"gpt","choices":[{"index":0,"delta":)" + delta +
         R"(,"finish_reason":)" + finish + "}]}\n\n";
}
const std::string kRole = chunk(R"({"role":"assistant","content":""})");
const std::string kHi = chunk(R"({"content":"Hi"})");
const std::string kFinish = chunk("{}", R"("stop")");
const std::string kDone = "data: [DONE]\n\n";

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  bool released;
};

Outcome toAnthropic(const std::string& bytes, int64_t input_estimate = 7) {
  const auto stream =
      translateStream(Dialect::OpenAi, Dialect::Anthropic, {.input_estimate = input_estimate});
  std::string out;
  stream->feed(bytes, out);
  stream->finish(out);
  return {out, stream->phase(), stream->failure(), stream->released()};
}

}  // namespace

TEST_SUITE("dialect/stream_translator") {
  TEST_CASE("nothing leaves before the first content") {
    const auto stream = translateStream(Dialect::OpenAi, Dialect::Anthropic, {});
    std::string out;
    CHECK(stream->feed(": ping\n\n" + kRole, out) == StreamPhase::Waiting);
    CHECK(out.empty());
    CHECK(stream->feed(kHi, out) == StreamPhase::Streaming);
    CHECK(out.starts_with("event: message_start\n"));
    CHECK(out.find("ping") == std::string::npos);
    CHECK(stream->feed(": ping\n\n", out) == StreamPhase::Streaming);
    CHECK(out.ends_with("event: ping\ndata: {\"type\":\"ping\"}\n\n"));
    CHECK(stream->model() == "gpt");
  }

  TEST_CASE("a stream that is cut anywhere is no clean end unless its answer was finished") {
    const std::string stream = kRole + kHi + kFinish + kDone;
    const size_t answered = (kRole + kHi + kFinish).size();
    for (size_t size = 0; size < stream.size(); ++size) {
      const Outcome cut = toAnthropic(stream.substr(0, size));
      INFO(size);
      CHECK((cut.phase == StreamPhase::Done) == (size >= answered));
      CHECK((cut.out.find("message_stop") != std::string::npos) == (size >= answered));
      if (size < answered) CHECK(cut.failure == StreamFailure::Truncated);
    }
  }

  TEST_CASE("an end without a finish is one of what was said, and none of nothing") {
    const Outcome said = toAnthropic(kRole + kHi + kDone);
    CHECK(said.phase == StreamPhase::Done);
    CHECK(said.out.find(R"("stop_reason":"end_turn")") != std::string::npos);
    CHECK(toAnthropic(kRole + kDone).failure == StreamFailure::Truncated);
    CHECK(toAnthropic(kDone).failure == StreamFailure::Truncated);
    CHECK(toAnthropic(kRole + kFinish + kDone).phase == StreamPhase::Done);
  }

  TEST_CASE("errors before content are kept for the next attempt, later ones are translated") {
    const std::string error = R"(data: {"error":{"message":"boom","type":"server_error"}})"
                              "\n\n";
    const Outcome early = toAnthropic(kRole + error);
    CHECK(early.failure == StreamFailure::UpstreamError);
    CHECK(!early.released);
    CHECK(early.out.empty());
    const Outcome late = toAnthropic(kRole + kHi + error + kHi);
    CHECK(
        late.out.ends_with("event: error\n"
                           R"(data: {"type":"error","error":{"type":"api_error","message":"boom"}})"
                           "\n\n"));
    CHECK(late.out.find("message_stop") == std::string::npos);
  }

  TEST_CASE("what is no stream of the dialect is garbage") {
    CHECK(toAnthropic("data: {\n\n").failure == StreamFailure::Garbage);
    const Outcome late = toAnthropic(kHi + "data: nonsense\n\n" + kFinish + kDone);
    CHECK(late.failure == StreamFailure::Garbage);
    CHECK(late.released);
  }

  TEST_CASE("without usage the caller is told an estimate, accounting nothing") {
    const auto stream =
        translateStream(Dialect::OpenAi, Dialect::Anthropic, {.input_estimate = 41});
    std::string out;
    stream->feed(kRole + kHi + kHi + kFinish + kDone, out);
    CHECK(stream->usage().source == model::Usage::Source::None);
    CHECK(stream->estimatedOutputTokens() == 3);
    CHECK(out.find(R"("input_tokens":41)") != std::string::npos);
    CHECK(out.find(R"("output_tokens":3})") != std::string::npos);
  }

  TEST_CASE("what has no place is named") {
    const auto made = translateStream(Dialect::OpenAi, Dialect::Anthropic, {});
    auto* translator = dynamic_cast<StreamTranslator*>(made.get());
    REQUIRE(translator != nullptr);
    std::string out;
    translator->feed(chunk(R"({"content":"x","audio":{"data":"A"},"annotations":[{"a":1}]})"), out);
    translator->feed(chunk(R"({"audio":{"data":"A"}})"), out);
    CHECK(translator->lost() == std::vector<std::string>{"audio", "annotations"});
  }

  TEST_CASE("the caller that did not ask for usage gets none") {
    const std::string stream =
        "data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"c\"}}\n\n"
        "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\","
        "\"text\":\"Hi\"}}\n\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
        "\"end_turn\"},\"usage\":{\"output_tokens\":3}}\n\ndata: {\"type\":\"message_stop\"}\n\n";
    for (const auto usage : {UsageChunk::Leave, UsageChunk::Send}) {
      const auto translated =
          translateStream(Dialect::Anthropic, Dialect::OpenAi, {.created = 5, .usage = usage});
      std::string out;
      CHECK(translated->feed(stream, out) == StreamPhase::Done);
      CHECK((out.find("\"usage\"") != std::string::npos) == (usage == UsageChunk::Send));
      CHECK(out.ends_with("data: [DONE]\n\n"));
    }
  }
}
