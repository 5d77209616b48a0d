#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_parts.h"
#include "json/writer.h"

namespace penstock::dialect {

enum class ItemStatus : uint8_t { InProgress, Completed, Incomplete };

// An item of a response's output, as much of it as there is: what answers and streams tell.
struct OutputItem {
  enum class Kind : uint8_t { Message, Reasoning, Function, Custom };
  struct Content {  // of a Message
    enum class Kind : uint8_t { Text, Refusal } kind = Kind::Text;
    std::string text = {};
  };
  Kind kind = Kind::Message;
  std::string id = {};
  std::vector<Content> contents = {};
  std::string text = {};       // the summary of Reasoning, the arguments or input of a call
  std::string call_id = {};    // of a call
  std::string name = {};       // likewise
  std::string encrypted = {};  // of Reasoning
  ItemStatus status = ItemStatus::Completed;
};

void writeOutputItem(json::Writer& out, const OutputItem& item);
// {"type":"output_text","text":…,"annotations":[],"logprobs":[]} or the refusal.
void writeOutputContent(json::Writer& out, OutputItem::Content::Kind kind, std::string_view text);

// "resp_…" of an id of another dialect.
std::string responsesId(std::string_view id, std::string_view otherwise);
// An id for the item at that place of that response: "fc_…_1".
std::string itemId(OutputItem::Kind kind, std::string_view response_id, size_t place);

// The parts of an answer as items: neighbouring texts and refusals are one message. Parts of kinds
// that have none are left out.
std::vector<OutputItem> outputItems(const std::vector<Part>& parts, std::string_view response_id);

}  // namespace penstock::dialect
