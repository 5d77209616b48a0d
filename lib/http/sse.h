#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace penstock::http {

// One server-sent event. Views are valid during the callback only.
struct SseEvent {
  std::string_view name;  // "event:" field; empty when absent
  std::string_view data;  // "data:" lines joined by LF
  std::string_view raw;   // the bytes as they arrived, up to and including the blank line, comments too
};

// Splits a byte stream into server-sent events, whatever the reads' boundaries
// (spec/dialects.md section 6: BOM, CR / LF / CRLF, comments, one optional space, joined data lines,
// dispatch only with data). Pure; feed it bytes, it calls back for each complete event.
class SseLexer {
 public:
  struct Limits {
    size_t line_bytes = 1 << 20;
    size_t event_bytes = 16 << 20;
  };
  SseLexer() = default;
  explicit SseLexer(Limits limits) : limits_(limits) {}

  // False once a limit was passed; the stream is then unusable.
  [[nodiscard]] bool feed(std::string_view bytes, const std::function<void(const SseEvent&)>& each);
  // True when bytes of an unfinished event are held: at the end of input, a truncated stream.
  bool partial() const;

 private:
  Limits limits_;
  std::string pending_;
  // … implementation state is added by sse.cpp's author.
};

}  // namespace penstock::http
