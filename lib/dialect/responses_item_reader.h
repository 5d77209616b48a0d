#pragma once

#include <vector>

#include "dialect/chat_request.h"
#include "dialect/wire_reading.h"
#include "json/value.h"

namespace penstock::dialect {

// Reads items of the Responses API, of a request's input or an answer's output, into messages.
//
// What the model said, thought and called up to the next item that is not the model's is one
// message of the assistant: "reasoning", "message", "function_call" and "custom_tool_call" items
// are parts of it. A second "message" item begins another one, but not after calls: their results
// must follow them. The server's bookkeeping (id, status) is no part of the model.
//
// Items of kinds that are not known (web_search_call, …) are OtherParts; isItem() tells them from
// content of a kind that is not known.
class ResponsesItemReader {
 public:
  ResponsesItemReader(Reading& reading, std::vector<Message>& messages)
      : reading_(reading), messages_(messages) {}

  void read(json::ValueRef item);

 private:
  void readMessage(json::ValueRef item);
  void readAssistant(json::ValueRef item);
  void readReasoning(json::ValueRef item);
  void readCall(json::ValueRef item, ToolKind kind);
  void readResult(json::ValueRef item);
  std::vector<Part> readContent(json::ValueRef content);
  Part readPart(json::ValueRef value);
  Message& assistant();

  Reading& reading_;
  std::vector<Message>& messages_;
};

bool isItem(const Part& part);

}  // namespace penstock::dialect
