#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "dialect/anthropic_usage.h"
#include "dialect/chat_stream.h"
#include "dialect/estimate.h"
#include "http/sse.h"
#include "json/scan.h"

namespace penstock::dialect {

// Relays an Anthropic stream to a caller of the same dialect: bytes in, bytes out, no I/O.
//
// Held as no content: message_start, pings, the start of a block that holds nothing yet, events of
// kinds that are not known. After the first content, events leave verbatim, comments too; only
// mlx:trace is put into the message_delta that tells the stop reason. A stream that told it lacks
// nothing but message_stop, which is then added. After Garbage and Truncated the caller sends
// renderAnthropicErrorEvent().
class AnthropicRelay final : public ChatStream {
 public:
  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;

  StreamPhase phase() const override { return phase_; }
  StreamFailure failure() const override { return failure_; }
  bool released() const override { return released_; }
  bool answering() const override { return answering_; }
  const UpstreamError& upstreamError() const override { return upstream_error_; }
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }
  const model::Usage& usage() const override { return usage_; }
  int64_t estimatedOutputTokens() const override {
    return std::max(output_.tokens(), content_events_);
  }
  // Claude does not speak.
  int64_t estimatedAudioTokens() const override { return 0; }
  const std::string& serviceTier() const override { return counts_.serviceTier(); }
  const std::string& model() const override { return model_; }

 private:
  static constexpr size_t kMaxHeldBytes = 1 << 20;
  enum class Effect : uint8_t { Lifecycle, Content, Finish, Stop };

  void onEvent(const http::SseEvent& event, std::string& out);
  void onError(const http::SseEvent& event, std::string& out);
  Effect effectOf(std::string_view type);
  Effect readBlock();
  Effect readDelta();
  Effect readMessageDelta();
  void readMessage();
  bool countText(const json::ObjectIndex& object);
  void readUsage(const json::ObjectIndex& object);
  void emit(const http::SseEvent& event, Effect effect, std::string& out) const;
  void release(std::string& out);
  void fail(StreamFailure failure);
  bool ended() const { return phase_ == StreamPhase::Done || phase_ == StreamPhase::Failed; }

  http::SseLexer lexer_;
  StreamPhase phase_ = StreamPhase::Waiting;
  StreamFailure failure_ = StreamFailure::None;
  bool released_ = false;
  bool answering_ = false;
  bool finished_ = false;  // a stop reason has come
  std::string held_, model_;
  std::function<std::string()> trace_;
  AnthropicUsage counts_;
  model::Usage usage_;
  TextSize output_;
  int64_t content_events_ = 0;
  UpstreamError upstream_error_;
  json::ObjectIndex event_, nested_;  // reused
};

}  // namespace penstock::dialect
