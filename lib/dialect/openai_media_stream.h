#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dialect/chat_stream.h"
#include "dialect/openai_media.h"
#include "http/sse.h"

namespace penstock::dialect {

// What media streams have in common as ChatStreams: no trace is put into them, and they count no
// tokens of their own.
class MediaRelay : public ChatStream {
 public:
  StreamPhase phase() const override { return phase_; }
  StreamFailure failure() const override { return failure_; }
  bool released() const override { return released_; }
  const UpstreamError& upstreamError() const override { return upstream_error_; }
  void setTrace(std::function<std::string()>) override {}
  const model::Usage& usage() const override { return usage_; }
  int64_t estimatedOutputTokens() const override { return 0; }
  int64_t estimatedAudioTokens() const override { return 0; }
  const std::string& serviceTier() const override { return none_; }
  const std::string& model() const override { return none_; }

 protected:
  bool ended() const { return phase_ == StreamPhase::Done || phase_ == StreamPhase::Failed; }
  void fail(StreamFailure failure) {
    failure_ = failure;
    phase_ = StreamPhase::Failed;
  }
  void release() {
    released_ = true;
    phase_ = StreamPhase::Streaming;
  }

  StreamPhase phase_ = StreamPhase::Waiting;
  StreamFailure failure_ = StreamFailure::None;
  bool released_ = false;
  UpstreamError upstream_error_;
  model::Usage usage_;

 private:
  const std::string none_;
};

// Relays a stream of events of images, speech or transcriptions verbatim:
//
//   data: {"type":"image_generation.partial_image","b64_json":"…","partial_image_index":0}
//   data: {"type":"image_generation.completed","b64_json":"…","usage":{…}}
//
// It ends well with the provider's body, or [DONE], once an event has come whose type ends with
// ".completed" or ".done"; an error event ends it likewise, but not well.
class MediaEvents final : public MediaRelay {
 public:
  explicit MediaEvents(MediaKind kind) : kind_(kind) {}
  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;

 private:
  void onEvent(const http::SseEvent& event, std::string& out);
  void onJson(const http::SseEvent& event, std::string& out);

  const MediaKind kind_;
  // A picture is one line of base64.
  http::SseLexer lexer_{{.line_bytes = 32 << 20, .event_bytes = 33 << 20}};
  std::string held_;  // comments before the first event
  bool completed_ = false;
};

// Relays bytes that mean nothing to us, such as speech: where they end only the transport knows.
class MediaBytes final : public MediaRelay {
 public:
  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;
  bool knowsItsEnd() const override { return false; }
};

}  // namespace penstock::dialect
