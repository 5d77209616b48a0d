#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "dialect/json_array_stream.h"
#include "http/sse.h"

namespace penstock::dialect {

// Splits a Gemini stream into its chunks, each a JSON text: server-sent events, or the JSON array
// that comes without alt=sse; the first byte tells. Pure; the chunks do not depend on how the bytes
// are cut.
class GeminiChunks {
 public:
  using Callback = std::function<void(std::string_view chunk)>;

  // False: neither of the two, or beyond the limits. The stream is then unusable.
  [[nodiscard]] bool feed(std::string_view bytes, const Callback& each);
  // The body ended: a chunk whose last line end might have been half of one.
  void finish(const Callback& each);

 private:
  enum class Form : uint8_t { Unknown, Sse, Array };

  Form form_ = Form::Unknown;
  http::SseLexer lexer_;
  JsonArrayStream array_;
};

}  // namespace penstock::dialect
