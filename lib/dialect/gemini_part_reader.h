#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/chat_parts.h"
#include "dialect/wire_reading.h"
#include "json/value.h"

namespace penstock::dialect {

// Ids of calls that Gemini gave none begin with it; sent back to Gemini they are left out again.
inline constexpr std::string_view kMintedCallId = "call_g_";

// Reads Gemini's parts, of one request or one answer, in order: calls without an id get one, and
// results without one are those of the first open call of their name.
class GeminiPartReader {
 public:
  // `answer_id` makes the ids of an answer's calls differ from those of other answers.
  explicit GeminiPartReader(Reading& reading, std::string_view answer_id = {});

  // Of a "parts" array; neighbouring thoughts become one, for streams tell them in pieces. Parts
  // that are not known, and what only Gemini runs (code execution), become OtherPart.
  void read(json::ValueRef parts, std::vector<Part>& into);

 private:
  bool readValue(json::ValueRef value, Part& part);
  void readThought(std::string text, Part& part) const;
  void readCall(json::ValueRef value, Part& part);
  void readResult(json::ValueRef value, Part& part);
  std::string idOf(json::ValueRef result);

  Reading& reading_;
  const std::string id_prefix_;
  int64_t minted_ = 0;
  std::vector<std::pair<std::string, std::string>> open_;  // name and id of calls without result
};

}  // namespace penstock::dialect
