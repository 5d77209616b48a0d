#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/bedrock_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/tool_ids.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes parts of the model as Converse's content blocks, into an open array: a block each, and one
// more for the end of a prefix to be cached.
class BedrockBlockWriter {
 public:
  BedrockBlockWriter(const BedrockTarget& target, Losses& losses, json::Writer& out)
      : target_(target), losses_(losses), out_(out) {}

  // Whether the part has a block. Blank texts, which Bedrock refuses, have none; what has none and
  // is missed is reported.
  bool canWrite(const Part& part);
  // canWrite() said yes.
  void write(const Part& part);
  // Claude takes four in a request: the first four stay.
  enum class After : unsigned char { Content, Tool };
  void writeCachePoint(const CacheMark& mark, After place);

 private:
  bool canWriteDocument(const DocumentPart& document);
  void writeImage(const ImagePart& image);
  void writeDocument(const DocumentPart& document);
  void writeToolUse(const ToolCallPart& call);
  void writeToolResult(const ToolResultPart& result);
  void writeResultPart(const Part& part);
  void writeThinking(const ThinkingPart& thinking);
  std::string uniqueName(std::string_view name);

  const BedrockTarget& target_;
  Losses& losses_;
  json::Writer& out_;
  ToolIds ids_;
  std::set<std::string> document_names_;
  std::map<std::string, int> next_names_;  // number of those that would be alike
  int cache_points_ = 0;
};

}  // namespace penstock::dialect
