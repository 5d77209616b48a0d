#pragma once

#include <vector>

#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/openai_target.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes messages of the model in OpenAI's form. One of the model may be several of OpenAI's:
// results of tools come first, a "tool" message each, then what they held beside text, then the
// rest.
class OpenAiMessageWriter {
 public:
  OpenAiMessageWriter(Dialect source, const OpenAiTarget& target, Losses& losses, json::Writer& out)
      : same_(source == Dialect::OpenAi), target_(target), losses_(losses), out_(out) {}

  void write(const Message& message);
  // A member for the end of a prefix to be cached, where the target knows one.
  void writeCacheMark(const CacheMark& mark);

 private:
  using Parts = std::vector<const Part*>;

  void writeSystem(const Message& message);
  void writeUser(const Message& message);
  void writeAssistant(const Message& message);
  void writeResult(const Part& part, Parts& attachments);
  void begin(std::string_view role);
  void end(const Extras& extras);

  void writeContent(const Parts& all);
  void writePart(const Part& part);
  void writeBody(const Part& part);
  void writeDocument(const DocumentPart& document);
  void writeExtras(const Extras& extras, std::string_view place);
  void writeReasoning(const Parts& thinking);
  void writeToolCalls(const Parts& calls);
  bool canWrite(const Part& part);
  bool needsParts(const Parts& parts) const;
  std::string joined(const Parts& parts) const;

  const bool same_;  // the source speaks OpenAI too
  const OpenAiTarget& target_;
  Losses& losses_;
  json::Writer& out_;
};

// "data:image/png;base64,…", or the URL.
std::string urlOf(const Source& source);
// Members of an open object: id, type and what is called.
void writeToolCall(const ToolCallPart& call, json::Writer& out);
// "extra_content":{"google":{"thought_signature":…}}, as Google's own server of this dialect has
// it: a member of an open call, unless `signature` is empty.
void writeCallSignature(std::string_view signature, json::Writer& out);
// {"type":"thinking","thinking":…,"signature":…}, or the redacted kind.
void writeThinkingBlock(const Part& part, json::Writer& out);

}  // namespace penstock::dialect
