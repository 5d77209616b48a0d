// Streams of providers: reading them ends, becomes the same however they are cut, and what leaves
// are well-formed events of the caller's dialect.
#include <string>
#include <string_view>

#include "dialect/anthropic_stream.h"
#include "dialect/gemini_relay.h"
#include "dialect/openai_stream.h"
#include "dialect/responses_history.h"
#include "dialect/responses_stream.h"
#include "dialect/translate.h"
#include "fuzz/targets.h"
#include "http/sse.h"
#include "json/scan.h"
#include "unit/dialect/aws_frames.h"

namespace penstock::fuzz {
namespace {

using namespace dialect;

struct Outcome {
  std::string out;
  StreamPhase phase;
  StreamFailure failure;
  bool operator==(const Outcome&) const = default;
};

Outcome streamed(ChatStream& stream, std::string_view bytes, size_t step) {
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += step) stream.feed(bytes.substr(at, step), out);
  stream.finish(out);
  return {out, stream.phase(), stream.failure()};
}

void requireEvents(std::string_view out) {
  http::SseLexer lexer;
  const bool whole = lexer.feed(out, [](const http::SseEvent& event) {
    require(event.data.empty() || event.data == "[DONE]" ||
            penstock::json::validate(event.data).has_value());
  });
  require(whole);
}

// `make` gives a new stream of the same kind.
template <typename Make>
std::string requireSameHoweverCut(Make make, std::string_view bytes) {
  const Outcome whole = streamed(*make(), bytes, bytes.size() + 1);
  require(whole.phase == StreamPhase::Done || whole.phase == StreamPhase::Failed);
  for (const size_t step : {1, 7}) require(streamed(*make(), bytes, step) == whole);
  return whole.out;
}

void translate(Dialect provider, std::string_view bytes) {
  for (const Dialect caller :
       {Dialect::OpenAi, Dialect::Responses, Dialect::Anthropic, Dialect::Gemini}) {
    const auto make = [&] {
      return translateStream(provider, caller, {.id = "x", .context = {"json_answer", {"shell"}}});
    };
    requireEvents(requireSameHoweverCut(make, bytes));
  }
}

}  // namespace

void streamOpenAi(std::string_view bytes) { translate(Dialect::OpenAi, bytes); }
void streamResponses(std::string_view bytes) { translate(Dialect::Responses, bytes); }
void streamAnthropic(std::string_view bytes) { translate(Dialect::Anthropic, bytes); }
void streamGemini(std::string_view bytes) { translate(Dialect::Gemini, bytes); }
void streamBedrock(std::string_view bytes) { translate(Dialect::Bedrock, bytes); }
// Lines put into frames: nobody finds a checksum by chance.
void streamBedrockLines(std::string_view bytes) {
  translate(Dialect::Bedrock, test::framesOf(bytes));
}

void relayOpenAi(std::string_view bytes) {
  requireSameHoweverCut([] { return std::make_unique<StreamRelay>(StreamRelay::Options{}); },
                        bytes);
}
void relayResponses(std::string_view bytes) {
  requireSameHoweverCut([] { return std::make_unique<ResponsesRelay>(); }, bytes);
  ResponsesCollector collector;
  collector.feed(bytes);
  const std::string& response = collector.response();
  require(response.empty() || penstock::json::validate(response).has_value());
}
void relayAnthropic(std::string_view bytes) {
  requireSameHoweverCut([] { return std::make_unique<AnthropicRelay>(); }, bytes);
}
void relayGemini(std::string_view bytes) {
  for (const GeminiFraming framing : {GeminiFraming::Sse, GeminiFraming::Array})
    requireSameHoweverCut([framing] { return std::make_unique<GeminiRelay>(framing); }, bytes);
}

}  // namespace penstock::fuzz
