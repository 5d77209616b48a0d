#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>

#include "dialect/estimate.h"
#include "dialect/openai_errors.h"
#include "dialect/openai_stitch.h"
#include "http/sse.h"
#include "json/scan.h"
#include "model/usage.h"

namespace penstock::dialect {

// Where a relayed stream stands.
enum class StreamPhase : uint8_t {
  Waiting,    // nothing released: another target may still be tried
  Streaming,  // the caller has content
  Done,       // ended well; [DONE] is in the output
  Failed,     // an error event, garbage or a cut: see failure()
};

enum class StreamFailure : uint8_t {
  None,
  UpstreamError,  // the provider sent an error event: see upstreamError()
  Garbage,        // an event that is no chunk, or beyond the limits
  Truncated,      // the stream ended before its answer did
};

// Relays an OpenAI chat stream to a caller of the same dialect: bytes in, bytes out, no I/O.
//
// Frames before the first content (text, reasoning, tool call, refusal, finish) are held, so that
// the caller can still fall back; then they leave together with it. After that, events leave
// verbatim, but for the usage that the caller did not ask for: its chunk (empty "choices") is
// swallowed and "usage" members are cut out of other chunks. Comments are relayed once streaming,
// else dropped.
//
// On Failed nothing more leaves and no [DONE]. While Waiting was the last phase (released() false)
// the caller may try another target. Otherwise: an upstream's own error event has been relayed
// verbatim; after Garbage and Truncated, the caller sends renderOpenAiErrorEvent() and closes.
//
// One relay a stream, used by one thread at a time.
class StreamRelay {
 public:
  enum class UsageFor : uint8_t { Caller, Accounting };
  struct Options {
    UsageFor usage = UsageFor::Accounting;  // Caller: the request had stream_options.include_usage
    int64_t choices = 1;                    // the request's n
  };
  explicit StreamRelay(Options options) : options_(options) {}

  // Takes upstream bytes; appends what may leave now to `out`.
  StreamPhase feed(std::string_view bytes, std::string& out);
  // The upstream's body ended. Adds the [DONE] that some servers forget.
  StreamPhase finish(std::string& out);

  StreamPhase phase() const { return phase_; }
  StreamFailure failure() const { return failure_; }
  bool released() const { return released_; }  // something has left
  const UpstreamError& upstreamError() const { return upstream_error_; }

  // Raw JSON to add as "mlx:trace" to the chunk that finishes the last choice. Set it before then.
  void setTrace(std::string json) { trace_ = std::move(json); }

  // Every chunk, usage included, goes into that one too, from now on. It outlives the relay.
  void stitchInto(OpenAiStitch& stitch) { stitch_ = &stitch; }

  // The provider's usage as last sent; source None when it sent none.
  const model::Usage& usage() const { return usage_; }
  // Output tokens by estimate.h's rule from the text seen so far, for when it sent none; at least
  // one for each event that brought something. Reasoning that the provider keeps to itself is not
  // in it: nobody but the provider knows how much that was.
  int64_t estimatedOutputTokens() const { return std::max(output_.tokens(), content_events_); }
  // Of audio, by its bytes: OpenAI streams PCM, 64,000 bytes of base64 and 20 tokens a second.
  int64_t estimatedAudioTokens() const { return (audio_bytes_ + 2999) / 3000; }
  // What the provider says that it served: "flex"; empty when it says nothing.
  const std::string& serviceTier() const { return service_tier_; }
  // The model as the provider names it.
  const std::string& model() const { return model_; }

 private:
  // What one chunk holds.
  struct Chunk {
    bool empty_choices = true;
    bool content = false;
    bool finishes = false;  // the last open choice
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

  const Options options_;
  http::SseLexer lexer_;
  StreamPhase phase_ = StreamPhase::Waiting;
  StreamFailure failure_ = StreamFailure::None;
  bool released_ = false;
  bool seen_choice_ = false;
  std::bitset<128> finished_;  // choices with a finish_reason
  std::string held_;
  std::string trace_;
  OpenAiStitch* stitch_ = nullptr;
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
