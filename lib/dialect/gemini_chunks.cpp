#include "dialect/gemini_chunks.h"

namespace penstock::dialect {

bool GeminiChunks::feed(std::string_view bytes, const Callback& each) {
  if (form_ == Form::Unknown) {
    const size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return true;
    form_ = bytes[first] == '[' ? Form::Array : Form::Sse;
    bytes.remove_prefix(first);  // as all blanks before it, in whatever pieces they came
  }
  if (form_ == Form::Array) return array_.feed(bytes, each);
  return lexer_.feed(bytes, [&each](const http::SseEvent& event) {
    if (!event.data.empty()) each(event.data);
  });
}

void GeminiChunks::finish(const Callback& each) {
  static_cast<void>(lexer_.finish([&each](const http::SseEvent& event) {
    if (!event.data.empty()) each(event.data);
  }));
}

}  // namespace penstock::dialect
