#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace penstock::http {

// One block of a server-sent event stream: everything up to and including a blank line. Views are
// valid during the callback only.
struct SseEvent {
  std::string_view name;  // "event:" field; empty when absent
  std::string_view data;  // "data:" lines joined by LF; empty: no event, only comments or spacing
  std::string_view raw;   // the bytes as they arrived; all raws together are the input, verbatim
};

// Splits a byte stream into server-sent events (spec/dialects.md section 6: BOM, CR / LF / CRLF,
// comments, one optional space, joined data lines). Pure; feed it bytes, it calls back for each
// complete block. The blocks, raw included, do not depend on how the input is cut into reads.
//
// Blocks without data are reported too, so that a relay can forward keep-alive comments; whoever
// interprets events skips those with empty data.
//
// Whole events within one read are passed on without a copy; only an event that a read cuts is
// stored. Each byte is looked at once, however many reads an event takes.
class SseLexer {
 public:
  using Callback = std::function<void(const SseEvent&)>;
  struct Limits {
    size_t line_bytes = 1 << 20;
    size_t event_bytes = 16 << 20;
  };
  SseLexer() = default;
  explicit SseLexer(Limits limits) : limits_(limits) {}

  // False once a limit was passed; the stream is then unusable.
  [[nodiscard]] bool feed(std::string_view bytes, const Callback& each);
  // At the end of input: delivers a block whose final line end is a CR (until now it might have
  // been half a CRLF). False when bytes of an unfinished event are left: a truncated stream.
  // Trailing spacing and comments do not count as such.
  [[nodiscard]] bool finish(const Callback& each);
  // True when bytes of an unfinished block are held.
  bool partial() const { return !pending_.empty(); }
  // Those bytes.
  std::string_view pending() const { return pending_; }

 private:
  struct Span {
    size_t begin = 0, end = 0;
  };
  // What is known of the block being read; offsets from its first byte.
  struct Block {
    size_t scanned = 0;  // no line end in [line_begin, scanned)
    size_t line_begin = 0;
    size_t data_lines = 0;
    Span data, name;
    bool has_fields = false;
  };
  enum class Input : unsigned char { Open, Ended };

  bool consume(std::string_view input, size_t& used, Input state, const Callback& each);
  bool skipByteOrderMark(std::string_view input, Input state);
  void readLine(std::string_view block, size_t end);
  void addData(std::string_view block, Span value);
  void deliver(std::string_view raw, const Callback& each);

  Limits limits_;
  std::string pending_;  // the unfinished block
  Block block_;
  std::string joined_;  // data, when it has several lines
  bool started_ = false;
  bool failed_ = false;
};

// Appends one event in wire form: `name` if not empty, `data` split at line breaks, a blank line.
void appendSseEvent(std::string& out, std::string_view name, std::string_view data);

}  // namespace penstock::http
