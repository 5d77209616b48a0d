#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "dialect/chat_stream.h"
#include "dialect/estimate.h"
#include "http/sse.h"
#include "json/scan.h"

namespace penstock::dialect {

// Relays a Responses stream to a caller of the same dialect: bytes in, bytes out, no I/O.
//
// Held as no content: the response as created, queued and in progress, messages, reasoning and
// parts that begin, events of kinds that are not known. After the first content, events leave
// verbatim, comments too; only mlx:trace is put into the response that ends the stream. A stream
// without that is cut, whatever came before: only it tells how the answer ended and what it used.
// After Garbage and Truncated the caller sends renderResponsesErrorEvent() with nextSequence().
class ResponsesRelay final : public ChatStream {
 public:
  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;

  StreamPhase phase() const override { return phase_; }
  StreamFailure failure() const override { return failure_; }
  bool released() const override { return released_; }
  bool answering() const override { return answering_; }
  const UpstreamError& upstreamError() const override { return upstream_error_; }
  int64_t nextSequence() const override { return sequence_; }
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }
  void keepResponse() override { keeps_ = true; }
  std::string takeResponse() override { return std::move(kept_); }
  const model::Usage& usage() const override { return usage_; }
  int64_t estimatedOutputTokens() const override {
    return std::max(output_.tokens(), content_events_);
  }
  // Responses do not speak.
  int64_t estimatedAudioTokens() const override { return 0; }
  const std::string& serviceTier() const override { return service_tier_; }
  const std::string& model() const override { return model_; }

 private:
  static constexpr size_t kMaxHeldBytes = 1 << 20;
  enum class Effect : uint8_t { Lifecycle, Content, End, Error };

  void onEvent(const http::SseEvent& event, std::string& out);
  void onError(const http::SseEvent& event, std::string& out);
  Effect effectOf(std::string_view type);
  Effect readItem(std::string_view type);
  Effect readText(std::string_view type);
  void readResponse();
  void countSequence();
  void emitEnd(const http::SseEvent& event, std::string& out);
  void release(std::string& out);
  void fail(StreamFailure failure);
  bool ended() const { return phase_ == StreamPhase::Done || phase_ == StreamPhase::Failed; }

  http::SseLexer lexer_;
  StreamPhase phase_ = StreamPhase::Waiting;
  StreamFailure failure_ = StreamFailure::None;
  bool released_ = false;
  bool answering_ = false;
  int64_t sequence_ = 0;
  bool keeps_ = false;
  std::string held_, kept_, model_, service_tier_;
  std::function<std::string()> trace_;
  model::Usage usage_;
  TextSize output_;
  int64_t content_events_ = 0;
  UpstreamError upstream_error_;
  json::ObjectIndex event_, nested_;  // reused
};

}  // namespace penstock::dialect
