#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/tool_ids.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes parts of the model as Anthropic's blocks.
class AnthropicBlockWriter {
 public:
  // Of a request for the provider, or of an answer for a caller, who may see thinking that nobody
  // signed.
  enum class For : uint8_t { Request, Answer };
  AnthropicBlockWriter(Dialect source, For use, Losses& losses, json::Writer& out)
      : same_(source == Dialect::Anthropic), use_(use), losses_(losses), out_(out) {}

  // Whether the part has a block. Blank texts, which Anthropic refuses, have none; what has none
  // and is missed is reported.
  bool canWrite(const Part& part);
  // canWrite() said yes.
  void write(const Part& part);
  // A text for one plain text, else the array of blocks.
  void writeContent(const std::vector<const Part*>& parts);
  // A member of an open object. Anthropic takes four in a request: the first four stay.
  void writeCacheMark(const CacheMark& mark);
  void writeExtras(const Extras& extras, std::string_view place);

 private:
  bool canWriteSource(const Source& source, Field field);
  void writeText(std::string_view text);
  void writeSource(const Source& source);
  void writeDocument(const DocumentPart& document);
  void writeToolUse(const ToolCallPart& call);
  void writeToolResult(const ToolResultPart& result);
  void writeInput(const ToolCallPart& call);

  std::string_view place() const;

  const bool same_;  // the source is Anthropic's too
  const For use_;
  Losses& losses_;
  json::Writer& out_;
  ToolIds ids_;
  int cache_marks_ = 0;
};

// The arguments of a call as an object, which Anthropic's input must be: nothing is {}; broken JSON
// and what is no object are wrapped as {"input": …}.
enum class Wrapped : uint8_t { No, Yes };
Wrapped appendInput(const ToolCallPart& call, std::string& json);

}  // namespace penstock::dialect
