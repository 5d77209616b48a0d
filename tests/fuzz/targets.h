#pragma once

#include <cstdlib>
#include <span>
#include <string_view>

// What is fuzzed: a function a decoder, which any bytes may be given and which aborts where a
// property does not hold. libFuzzer (fuzz_main.cpp) finds bytes, replay_main.cpp gives it those of
// the corpus again, with any compiler.
namespace penstock::fuzz {

struct Target {
  std::string_view name;  // as its folder in corpus/
  void (*run)(std::string_view bytes);
};

std::span<const Target> targets();
const Target* findTarget(std::string_view name);

inline void require(bool condition) {
  if (!condition) std::abort();
}

// Readers of requests, and the views for policy.
void requestOpenAi(std::string_view bytes);
void requestResponses(std::string_view bytes);
void requestAnthropic(std::string_view bytes);
void requestGemini(std::string_view bytes);
void requestEmbeddings(std::string_view bytes);
void requestMedia(std::string_view bytes);

// Readers of answers and errors.
void answerOpenAi(std::string_view bytes);
void answerResponses(std::string_view bytes);
void answerAnthropic(std::string_view bytes);
void answerGemini(std::string_view bytes);
void answerBedrock(std::string_view bytes);

// Readers of streams, and the relays.
void streamOpenAi(std::string_view bytes);
void streamResponses(std::string_view bytes);
void streamAnthropic(std::string_view bytes);
void streamGemini(std::string_view bytes);
void streamBedrock(std::string_view bytes);
void streamBedrockLines(std::string_view bytes);
void relayOpenAi(std::string_view bytes);
void relayResponses(std::string_view bytes);
void relayAnthropic(std::string_view bytes);
void relayGemini(std::string_view bytes);

// What is below the dialects.
void form(std::string_view bytes);
void json(std::string_view bytes);
void sse(std::string_view bytes);
void awsEventStream(std::string_view bytes);
void jsonArrayStream(std::string_view bytes);
void httpHead(std::string_view bytes);
void httpChunked(std::string_view bytes);

void rules(std::string_view bytes);
void guardText(std::string_view bytes);
void guardBody(std::string_view bytes);

}  // namespace penstock::fuzz
