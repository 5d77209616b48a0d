#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace penstock::dialect {

// One message of an AWS event stream. Views are valid during the callback only. Empty: no such
// header.
struct AwsFrame {
  std::string_view message_type;   // ":message-type": "event", "exception", "error"
  std::string_view event_type;     // ":event-type"
  std::string_view exception_type;  // ":exception-type"
  std::string_view error_code, error_message;  // ":error-code", ":error-message"
  std::string_view payload;
};

// Splits application/vnd.amazon.eventstream into its messages (spec/dialects.md 13). Pure; feed it
// bytes, it calls back for each whole message. The messages do not depend on how the input is cut.
class AwsEventStream {
 public:
  using Callback = std::function<void(const AwsFrame&)>;
  static constexpr size_t kMaxFrameBytes = 16 << 20;

  // False: a checksum or length that does not hold, headers that do not parse, or a frame beyond the
  // limit. The stream is then unusable: there is no way to find the next message.
  [[nodiscard]] bool feed(std::string_view bytes, const Callback& each);
  // True when bytes of an unfinished message are held: at the end of input, a cut stream.
  bool partial() const { return !pending_.empty(); }

 private:
  bool consume(std::string_view input, size_t& used, const Callback& each);

  bool failed_ = false;
  std::string pending_;  // the unfinished message
};

}  // namespace penstock::dialect
