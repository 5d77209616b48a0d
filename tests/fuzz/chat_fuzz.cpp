// libFuzzer on the readers of chat: whatever the bytes are, reading them ends; what is read of a
// request can be written for both dialects as JSON that is read again; a stream becomes the same
// however it is cut, and well-formed events of the caller's dialect. The first byte chooses.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialect/anthropic_stream.h"
#include "dialect/translate.h"
#include "http/sse.h"
#include "json/scan.h"

using namespace penstock;
using namespace penstock::dialect;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void fuzzRequest(Dialect caller, std::string_view bytes) {
  const auto request = readChat(caller, bytes);
  if (!request) return;
  for (const ChatTarget& target :
       {ChatTarget(OpenAiTarget{.model = "m"}), ChatTarget(openAiTargetOf("gpt-5.6")),
        ChatTarget(anthropicTargetOf("claude-3-haiku-20240307")),
        ChatTarget(anthropicTargetOf("claude-sonnet-4-5")),
        ChatTarget(anthropicTargetOf("claude-opus-5"))}) {
    Losses losses(caller);
    const auto written = writeChat(*request, target, losses);
    if (!written) continue;
    require(json::validate(written->body).has_value());
    require(readChat(dialectOf(target), written->body).has_value());
  }
}

void fuzzAnswer(Dialect provider, std::string_view bytes) {
  const AnswerOptions options{.id = "x", .context = {"json_answer", {"shell"}}};
  for (const Dialect caller : {Dialect::OpenAi, Dialect::Anthropic}) {
    Losses losses(caller);
    const auto told = translateAnswer(provider, caller, bytes, options, losses);
    if (told) require(json::validate(*told).has_value());
    require(json::validate(translateError(provider, caller, bytes, 500, "r")).has_value());
  }
}

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
    require(event.data.empty() || event.data == "[DONE]" || json::validate(event.data).has_value());
  });
  require(whole);
}

void fuzzStream(Dialect provider, std::string_view bytes) {
  for (const Dialect caller : {Dialect::OpenAi, Dialect::Anthropic}) {
    const AnswerOptions options{.id = "x", .context = {"json_answer", {"shell"}}};
    const auto whole = translateStream(provider, caller, options);
    const Outcome expected = streamed(*whole, bytes, bytes.size() + 1);
    require(expected.phase == StreamPhase::Done || expected.phase == StreamPhase::Failed);
    requireEvents(expected.out);
    for (const size_t step : {1, 7}) {
      const auto cut = translateStream(provider, caller, options);
      require(streamed(*cut, bytes, step) == expected);
    }
  }
}

void fuzzRelay(std::string_view bytes) {
  AnthropicRelay whole, cut;
  require(streamed(whole, bytes, bytes.size() + 1) == streamed(cut, bytes, 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 7) {
    case 0: fuzzRequest(Dialect::OpenAi, bytes); break;
    case 1: fuzzRequest(Dialect::Anthropic, bytes); break;
    case 2: fuzzAnswer(Dialect::OpenAi, bytes); break;
    case 3: fuzzAnswer(Dialect::Anthropic, bytes); break;
    case 4: fuzzStream(Dialect::OpenAi, bytes); break;
    case 5: fuzzStream(Dialect::Anthropic, bytes); break;
    default: fuzzRelay(bytes); break;
  }
  return 0;
}
