#include "fuzz/targets.h"

namespace penstock::fuzz {
namespace {

constexpr Target kTargets[] = {
    {"request_openai", requestOpenAi},
    {"request_responses", requestResponses},
    {"request_anthropic", requestAnthropic},
    {"request_gemini", requestGemini},
    {"request_embeddings", requestEmbeddings},
    {"request_media", requestMedia},
    {"answer_openai", answerOpenAi},
    {"answer_responses", answerResponses},
    {"answer_anthropic", answerAnthropic},
    {"answer_gemini", answerGemini},
    {"answer_bedrock", answerBedrock},
    {"stream_openai", streamOpenAi},
    {"stream_responses", streamResponses},
    {"stream_anthropic", streamAnthropic},
    {"stream_gemini", streamGemini},
    {"stream_bedrock", streamBedrock},
    {"stream_bedrock_lines", streamBedrockLines},
    {"relay_openai", relayOpenAi},
    {"relay_responses", relayResponses},
    {"relay_anthropic", relayAnthropic},
    {"relay_gemini", relayGemini},
    {"form", form},
    {"json", json},
    {"sse", sse},
    {"aws_event_stream", awsEventStream},
    {"json_array_stream", jsonArrayStream},
    {"http_head", httpHead},
    {"http_chunked", httpChunked},
    {"rules", rules},
    {"guard_text", guardText},
    {"guard_body", guardBody},
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

const Target* findTarget(std::string_view name) {
  for (const Target& target : kTargets)
    if (target.name == name) return &target;
  return nullptr;
}

}  // namespace penstock::fuzz
