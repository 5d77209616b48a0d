#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "dialect/chat_stream.h"
#include "dialect/estimate.h"
#include "dialect/openai_stitch.h"
#include "http/sse.h"
#include "json/scan.h"
#include "model/usage.h"

namespace penstock::dialect {

// Relays an OpenAI chat stream to a caller of the same dialect: bytes in, bytes out, no I/O.
//
// After the first content, events leave verbatim, but for the usage that the caller did not ask
// for: its chunk (empty "choices") is swallowed and "usage" members are cut out of other chunks.
// Comments are relayed once streaming, else dropped. An upstream's own error event is relayed
// verbatim; the caller sends renderOpenAiErrorEvent() after the other failures.
//
// A stream ends well with the provider's [DONE] once it has said something, even where no choice
// has a finish_reason: [DONE] is how the dialect ends, and the caller sees what is missing. Without
// [DONE] every choice must have one.
//
// One relay a stream, used by one thread at a time.
class StreamRelay final : public ChatStream {
 public:
  enum class UsageFor : uint8_t { Caller, Accounting };
  struct Options {
    UsageFor usage = UsageFor::Accounting;  // Caller: the request had stream_options.include_usage
    int64_t choices = 1;                    // the request's n
  };
  explicit StreamRelay(Options options) : options_(options) {}

  StreamPhase feed(std::string_view bytes, std::string& out) override;
  StreamPhase finish(std::string& out) override;

  StreamPhase phase() const override { return phase_; }
  StreamFailure failure() const override { return failure_; }
  bool released() const override { return released_; }
  bool answering() const override { return answering_; }
  const UpstreamError& upstreamError() const override { return upstream_error_; }

  // On the chunk that finishes the last choice.
  void setTrace(std::function<std::string()> render) override { trace_ = std::move(render); }

  // Every chunk, usage included, goes into that one too, from now on. It outlives the relay.
  void stitchInto(OpenAiStitch& stitch) { stitch_ = &stitch; }

  const model::Usage& usage() const override { return usage_; }
  int64_t estimatedOutputTokens() const override {
    return std::max(output_.tokens(), content_events_);
  }
  int64_t estimatedAudioTokens() const override { return (audio_bytes_ + 2999) / 3000; }
  const std::string& serviceTier() const override { return service_tier_; }
  const std::string& model() const override { return model_; }

 private:
  // What one chunk holds.
  struct Chunk {
    bool empty_choices = true;
    bool content = false;
    bool finishes = false;  // the last open choice, for the first time
  };
  static constexpr size_t kMaxHeldBytes = 1 << 20;

  void onEvent(const http::SseEvent& event, std::string& out);
  void onChunk(const http::SseEvent& event, std::string& out);
  bool isErrorEvent(const http::SseEvent& event) const;
  void onErrorEvent(const http::SseEvent& event, std::string& out);
  void onDone(const http::SseEvent& event, std::string& out);
  Chunk readChunk();
  void readChoice(std::string_view raw, Chunk& chunk);
  bool readDelta(std::string_view raw);
  bool countText(std::string_view key, std::string_view raw);
  void countToolCall(std::string_view raw);
  void countAudio(std::string_view raw);
  void release(std::string& out);
  void emit(const http::SseEvent& event, const Chunk& chunk, std::string& out) const;
  void fail(StreamFailure failure);
  bool ended() const { return phase_ == StreamPhase::Done || phase_ == StreamPhase::Failed; }
  // Every choice has its finish_reason: what may be lost is the usage and the [DONE].
  bool answered() const { return finished_.count() >= static_cast<size_t>(options_.choices); }

  const Options options_;
  http::SseLexer lexer_;
  StreamPhase phase_ = StreamPhase::Waiting;
  StreamFailure failure_ = StreamFailure::None;
  bool released_ = false;
  bool answering_ = false;
  bool seen_choice_ = false;
  std::bitset<128> finished_;  // choices with a finish_reason
  std::string held_;
  OpenAiStitch* stitch_ = nullptr;
  std::function<std::string()> trace_;
  model::Usage usage_;
  TextSize output_;
  int64_t content_events_ = 0;
  int64_t audio_bytes_ = 0;
  std::string model_;
  std::string service_tier_;
  UpstreamError upstream_error_;
  json::ObjectIndex chunk_, choice_, delta_;  // reused, so that a chunk allocates nothing
};

}  // namespace penstock::dialect
