#include "http/sse.h"

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace penstock::http {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Offset of the first CR or LF at or after `from`, or the size.
size_t findLineEnd(std::string_view text, size_t from) {
  const char* p = text.data() + from;
  const char* end = text.data() + text.size();
#if defined(__SSE2__)
  const __m128i cr = _mm_set1_epi8('\r');
  const __m128i lf = _mm_set1_epi8('\n');
  for (; end - p >= 16; p += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(x, cr), _mm_cmpeq_epi8(x, lf));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits));
    if (mask != 0) return static_cast<size_t>(p - text.data() + std::countr_zero(mask));
  }
#endif
  while (p < end && *p != '\r' && *p != '\n') ++p;
  return static_cast<size_t>(p - text.data());
}

}  // namespace

bool SseLexer::feed(std::string_view bytes, const Callback& each) {
  if (failed_) return false;
  size_t used = 0;
  if (pending_.empty()) {
    failed_ = !consume(bytes, used, Input::Open, each);
    pending_.assign(bytes.substr(used));
  } else {
    pending_.append(bytes);
    failed_ = !consume(pending_, used, Input::Open, each);
    pending_.erase(0, used);
  }
  return !failed_;
}

bool SseLexer::finish(const Callback& each) {
  if (failed_) return false;
  size_t used = 0;
  failed_ = !consume(pending_, used, Input::Ended, each);
  pending_.erase(0, used);
  if (failed_) return false;
  return !block_.has_fields &&
         (pending_.size() == block_.line_begin || pending_[block_.line_begin] == ':');
}

// Delivers every complete block of `input`, which starts where block_ does. `used`: their bytes.
bool SseLexer::consume(std::string_view input, size_t& used, Input state, const Callback& each) {
  if (!started_ && !skipByteOrderMark(input, state)) return true;
  std::string_view block = input;
  while (block_.scanned < block.size()) {
    const size_t end = findLineEnd(block, block_.scanned);
    block_.scanned = end;
    if (end - block_.line_begin > limits_.line_bytes || end > limits_.event_bytes) return false;
    if (end == block.size()) return true;
    const bool cr = block[end] == '\r';
    // The other half of a CRLF may still be on its way.
    if (cr && end + 1 == block.size() && state == Input::Open) return true;
    const size_t next = end + (cr && end + 1 < block.size() && block[end + 1] == '\n' ? 2 : 1);
    if (end > block_.line_begin) {
      readLine(block, end);
      block_.scanned = block_.line_begin = next;
      continue;
    }
    deliver(block.substr(0, next), each);
    used += next;
    block.remove_prefix(next);
    block_ = {};
  }
  return true;
}

// False while too little has arrived to tell.
bool SseLexer::skipByteOrderMark(std::string_view input, Input state) {
  const bool undecided = input.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(input);
  if (undecided && state == Input::Open) return false;
  started_ = true;
  if (input.starts_with(kByteOrderMark)) block_.scanned = block_.line_begin = kByteOrderMark.size();
  return true;
}

// A line that is not empty: [block_.line_begin, end).
void SseLexer::readLine(std::string_view block, size_t end) {
  const std::string_view line = block.substr(block_.line_begin, end - block_.line_begin);
  if (line.front() == ':') return;  // a comment
  block_.has_fields = true;
  const size_t colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  size_t value = std::min(colon + 1, line.size());
  if (value < line.size() && line[value] == ' ') ++value;
  const Span span{block_.line_begin + value, end};
  if (field == "data")
    addData(block, span);
  else if (field == "event")
    block_.name = span;
}

void SseLexer::addData(std::string_view block, Span value) {
  if (block_.data_lines++ == 0) {
    block_.data = value;
    return;
  }
  const auto text = [block](Span span) { return block.substr(span.begin, span.end - span.begin); };
  if (block_.data_lines == 2) joined_ = text(block_.data);
  joined_ += '\n';
  joined_ += text(value);
}

void SseLexer::deliver(std::string_view raw, const Callback& each) {
  SseEvent event;
  event.raw = raw;
  event.name = raw.substr(block_.name.begin, block_.name.end - block_.name.begin);
  event.data = block_.data_lines > 1
                   ? std::string_view(joined_)
                   : raw.substr(block_.data.begin, block_.data.end - block_.data.begin);
  each(event);
}

void appendSseEvent(std::string& out, std::string_view name, std::string_view data) {
  if (!name.empty()) out.append("event: ").append(name).push_back('\n');
  while (true) {
    const size_t end = findLineEnd(data, 0);
    out.append("data: ").append(data.substr(0, end)).push_back('\n');
    if (end == data.size()) break;
    data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  out.push_back('\n');
}

}  // namespace penstock::http
