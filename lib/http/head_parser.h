#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "http/message.h"

namespace penstock::http {

struct HeadLimits {
  size_t target_bytes = 8 << 10;
  size_t head_bytes = 32 << 10;
  size_t header_count = 100;
};

// Finds the end of a message head as bytes arrive. A line feed that does not follow a carriage
// return is refused at once, so that no lenient peer can see another head than we do.
class HeadScanner {
 public:
  enum class State : uint8_t { NeedMore, Complete, BareLineFeed };
  // `bytes` is everything received so far of this head; call again with more appended.
  State scan(std::string_view bytes);
  size_t headBytes() const { return head_bytes_; }  // when Complete: length with the blank line
  void reset() { *this = {}; }

 private:
  size_t scanned_ = 0;
  size_t line_start_ = 0;
  size_t head_bytes_ = 0;
};

// How a message's body is delimited.
struct Framing {
  enum class Kind : uint8_t { None, Length, Chunked, UntilClose };
  Kind kind = Kind::None;
  uint64_t length = 0;
};

struct RequestHead {
  Framing framing;
  bool http10 = false;
  bool keep_alive = true;
  bool expect_continue = false;
};

// Parses a whole request head (request line to blank line) into `request`, whose views then point
// into `head`. Refuses every framing that two parsers could read differently: Transfer-Encoding
// beside Content-Length, either of them twice, codings other than exactly "chunked", folded lines,
// control characters, spaces before colons, bodies on GET/HEAD/OPTIONS, missing or double Host.
// The error's kind gives the status (400, 411, 415, 431, …).
Result<RequestHead> parseRequestHead(std::string_view head, const HeadLimits& limits,
                                     Request& request);

struct ResponseHeadInfo {
  int status = 0;
  Framing framing;
  bool keep_alive = true;
};

// Parses a whole response head. Nothing when it is not HTTP/1.x or its framing is ambiguous.
std::optional<ResponseHeadInfo> parseResponseHead(std::string_view head, const HeadLimits& limits,
                                                  HeaderList& headers);

}  // namespace penstock::http
