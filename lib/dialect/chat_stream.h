#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/openai_errors.h"
#include "model/usage.h"

namespace penstock::dialect {

// Where a relayed stream stands.
enum class StreamPhase : uint8_t {
  Waiting,    // nothing released: another target may still be tried
  Streaming,  // the caller has content
  Done,       // ended well; the caller's dialect's own end is in the output
  Failed,     // an error event, garbage or a cut: see failure()
};

enum class StreamFailure : uint8_t {
  None,
  UpstreamError,  // the provider sent an error event: see upstreamError()
  Garbage,        // an event that is none of its dialect, or beyond the limits
  Truncated,      // the stream ended before its answer did
  Refused,        // a filter of ours lets no more of it pass: see refusal()
};

// A provider's stream on its way to a caller: bytes in, bytes out, no I/O. StreamRelay and
// AnthropicRelay pass through, StreamTranslator translates.
//
// Frames before the first content (text, reasoning, tool call, refusal, finish) are held, so that
// the caller can still fall back; then they leave together with it.
//
// On Failed nothing more leaves, and no end. While Waiting was the last phase (released() false)
// the caller may try another target. Otherwise: an upstream's own error event has been passed on in
// the caller's dialect; after Garbage, Truncated and Refused, the caller sends its dialect's error
// event and closes.
//
// One a stream, used by one thread at a time.
class ChatStream {
 public:
  virtual ~ChatStream() = default;
  ChatStream() = default;
  ChatStream(const ChatStream&) = delete;
  ChatStream& operator=(const ChatStream&) = delete;

  // Takes upstream bytes; appends what may leave now to `out`.
  virtual StreamPhase feed(std::string_view bytes, std::string& out) = 0;
  // The upstream's body ended. Adds the end that some servers forget.
  virtual StreamPhase finish(std::string& out) = 0;
  // Whether its own content says that it is complete; false: only the transport knows, and after a
  // connection that broke finish() is not to be believed.
  virtual bool knowsItsEnd() const { return true; }

  virtual StreamPhase phase() const = 0;
  virtual StreamFailure failure() const = 0;
  virtual bool released() const = 0;  // something has left
  // Something of the answer itself has come, not only of what was thought before it.
  virtual bool answering() const { return released(); }
  virtual const UpstreamError& upstreamError() const = 0;
  virtual const ApiError* refusal() const { return nullptr; }

  // The number of an event that the caller of the relay sends next, in dialects that number them.
  virtual int64_t nextSequence() const { return 0; }

  // Makes the raw JSON that is added as "mlx:trace" to the event that finishes the answer; is
  // called when that event has come. A stream that ends without one has no trace in it.
  virtual void setTrace(std::function<std::string()> render) = 0;

  // Has the response that ends the stream held, for a store; of callers of Responses only. Before
  // the first feed().
  virtual void keepResponse() {}
  // That response as JSON, without mlx:trace, once its end is in the output; empty: not yet, or it
  // failed.
  virtual std::string takeResponse() { return {}; }

  // The provider's usage as last sent; source None when it sent none.
  virtual const model::Usage& usage() const = 0;
  // Output tokens by estimate.h's rule from the text seen so far, for when it sent none; at least
  // one for each event that brought something. Reasoning that the provider keeps to itself is not
  // in it: nobody but the provider knows how much that was.
  virtual int64_t estimatedOutputTokens() const = 0;
  // Of audio, by its bytes: OpenAI streams PCM, 64,000 bytes of base64 and 20 tokens a second.
  virtual int64_t estimatedAudioTokens() const = 0;
  // What the provider says that it served: "flex"; empty when it says nothing.
  virtual const std::string& serviceTier() const = 0;
  // The model as the provider names it.
  virtual const std::string& model() const = 0;
};

}  // namespace penstock::dialect
