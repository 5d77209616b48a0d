#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/chat_events.h"
#include "dialect/chat_request.h"
#include "dialect/gemini_chunks.h"
#include "dialect/gemini_part_reader.h"
#include "dialect/gemini_usage.h"
#include "dialect/wire_reading.h"
#include "json/value.h"

namespace penstock::dialect {

// Reads a Gemini stream, in either of its forms. Each chunk is a whole response with the next
// parts. There is no word for the end: after a reason to finish, the end of the body is it. Only
// the first candidate is read; others and parts of kinds that are not known are named in a
// LossEvent.
class GeminiEventReader final : public EventReader {
 public:
  explicit GeminiEventReader(AnswerContext context) : context_(std::move(context)) {}

  bool feed(std::string_view bytes, std::vector<ChatEvent>& events) override;
  void finish(std::vector<ChatEvent>& events) override;

 private:
  bool onChunk(std::string_view data);
  void onUsage(json::ValueRef chunk);
  void onError(std::string_view data);
  void onStart(json::ValueRef chunk);
  void onCandidate(json::ValueRef candidate);
  void onPart(Part& part);
  void onCall(ToolCallPart& call, std::string signature);
  void onFinish(const std::string& word);

  const AnswerContext context_;
  GeminiChunks chunks_;
  std::vector<ChatEvent>* events_ = nullptr;  // of the feed() under way
  Reading lenient_;
  std::optional<GeminiPartReader> parts_;  // since the first chunk, which names the answer
  GeminiUsage usage_;
  int64_t calls_ = 0;
};

}  // namespace penstock::dialect
