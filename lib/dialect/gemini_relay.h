#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "dialect/chat_stream.h"
#include "dialect/gemini_chunks.h"
#include "dialect/gemini_errors.h"
#include "dialect/stream_translator.h"

namespace penstock::dialect {

// Relays a Gemini stream to a caller of the same dialect: bytes in, bytes out, no I/O.
//
// Chunks leave verbatim, what is not known of them too, in the caller's framing; only mlx:trace is
// put into the one that finishes the answer. Held are those before the first content. What the
// chunks say is read as for a translation, so that the two agree on when a stream has begun, failed
// and ended. After Garbage and Truncated the caller sends renderGeminiErrorEvent().
class GeminiRelay final : public ChatStream {
 public:
  explicit GeminiRelay(GeminiFraming framing);

  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;

  StreamPhase phase() const override {
    return garbage_ ? StreamPhase::Failed : understood_.phase();
  }
  StreamFailure failure() const override {
    return garbage_ ? StreamFailure::Garbage : understood_.failure();
  }
  bool released() const override { return understood_.released(); }
  bool answering() const override { return understood_.answering(); }
  const UpstreamError& upstreamError() const override { return understood_.upstreamError(); }
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }
  const model::Usage& usage() const override { return understood_.usage(); }
  int64_t estimatedOutputTokens() const override { return understood_.estimatedOutputTokens(); }
  int64_t estimatedAudioTokens() const override { return understood_.estimatedAudioTokens(); }
  const std::string& serviceTier() const override { return understood_.serviceTier(); }
  const std::string& model() const override { return understood_.model(); }

 private:
  static constexpr size_t kMaxHeldBytes = 1 << 20;

  void onChunk(std::string_view chunk, std::string& out);
  void emit(std::string_view chunk, std::string& out);
  std::string withTrace(std::string_view chunk);
  bool ended() const { return phase() == StreamPhase::Done || phase() == StreamPhase::Failed; }

  const GeminiFraming framing_;
  GeminiChunks chunks_;
  bool finishing_ = false;  // the chunk under way is the first that tells why the answer ends
  bool finished_ = false;
  StreamTranslator understood_;  // writes nothing
  std::function<std::string()> trace_;
  bool garbage_ = false;
  bool begun_ = false;  // of the array
  std::string held_;
};

}  // namespace penstock::dialect
