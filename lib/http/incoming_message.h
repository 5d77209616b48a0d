#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/server.h"
#include "http/spool_file.h"

namespace penstock::http {

// Bodies up to this size are not worth an atomic on a shared counter, nor a look at who sends them.
inline constexpr uint64_t kUncountedBytes = 64 << 10;

// The bytes of the request that a connection is reading, and how many it may be: its head and
// behind it the body, or the body in a file where it is large and its rule says so. Large bodies
// are counted against what all connections may hold, until release().
// Private to http/; used on one loop. Errors are what the request is refused with.
class IncomingMessage {
 public:
  IncomingMessage(const ServerLimits& limits, ServerCounters& counters)
      : limits_(limits), counters_(counters) {}

  // A new request with this head, of whose body nothing is there yet.
  void begin(std::string_view head);
  std::string_view head() const { return std::string_view(bytes_).substr(0, head_bytes_); }
  // Of the body that comes. PayloadTooLarge, or Overloaded, when its length is known (0: not yet)
  // and too much.
  Status expectBody(const BodyRule& rule, uint64_t length);
  // Whether it is to be looked at while it comes, in the file that take() gives.
  bool streams() const { return streams_; }
  Status append(std::string_view body);
  // A body of unknown length: the same, counted as it comes.
  Status appendCounted(std::string_view body);
  // All of it is there: what is in a file can be looked at. Internal/"spool_failed".
  Status seal();

  // Head and body, of which the latter may be in a file; after that nothing is left here but what
  // is counted.
  struct Taken {
    std::string bytes;
    std::unique_ptr<SpoolFile> spool;
    size_t head_bytes = 0;
  };
  Taken take();
  // It is held no more.
  void release();

 private:
  uint64_t bodySize() const;
  bool mayBeInFile(uint64_t bytes) const;
  Status count(size_t bytes);
  Status spool();

  const ServerLimits& limits_;
  ServerCounters& counters_;
  std::string bytes_;
  size_t head_bytes_ = 0;
  BodyRule rule_;
  bool streams_ = false;
  std::unique_ptr<SpoolFile> spool_;  // where the body is, instead of behind the head
  uint64_t counted_ = 0;              // of this request in counters_.buffered
};

}  // namespace penstock::http
