#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace penstock::http {

// Decodes chunked transfer coding as bytes arrive (RFC 9112 7.1). Pure.
//   chunk = HEX+ [ext] CRLF data CRLF … "0" [ext] CRLF *(trailer CRLF) CRLF
class ChunkedDecoder {
 public:
  // Requests are read strictly: no chunk extensions, no trailers. From upstreams both are skipped,
  // within bounds.
  enum class Peer : uint8_t { Client, Upstream };
  enum class State : uint8_t { NeedMore, Done, Malformed };

  explicit ChunkedDecoder(Peer peer) : peer_(peer) {}

  // Consumes a prefix of `bytes` (removing it) and passes decoded data on. After Done, what is left
  // of `bytes` belongs to the next message.
  State feed(std::string_view& bytes, const std::function<void(std::string_view)>& data);

 private:
  enum class Step : uint8_t { Size, Data, DataEnd, Trailer };
  bool takeLine(std::string_view& bytes);
  State readSize();

  Peer peer_;
  Step step_ = Step::Size;
  uint64_t left_ = 0;
  size_t trailer_bytes_ = 0;
  std::string line_;  // a size or trailer line as it arrives
  bool malformed_ = false;
};

}  // namespace penstock::http
