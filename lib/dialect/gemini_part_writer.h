#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/chat_request.h"
#include "dialect/gemini_target.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes parts of the model as Gemini's parts of a request.
class GeminiPartWriter {
 public:
  GeminiPartWriter(Dialect source, const GeminiTarget& target, Losses& losses, json::Writer& out)
      : same_(source == Dialect::Gemini), target_(target), losses_(losses), out_(out) {}

  // Whether the part has a form; what has none and is missed is reported.
  bool canWrite(const Part& part);
  // canWrite() said yes. Calls are to be written before their results, which need their names.
  void write(const Part& part);
  // What results held beside text, where the model takes only that: to be written after them.
  std::vector<const Part*> takeMoved() { return std::exchange(moved_, {}); }
  // Members of an open object.
  void writeExtras(const Extras& extras, std::string_view place);

 private:
  bool canWriteSource(const Source& source, Field field);
  void writeSource(const Source& source, std::string_view name, Field field);
  std::string mediaType(const Source& source, Field field);
  void writeDocument(const DocumentPart& document);
  void writeImage(const ImagePart& image);
  void writeCall(const Part& part, const ToolCallPart& call);
  void writeResult(const Part& part, const ToolResultPart& result);
  void writeResponse(const ToolResultPart& result);
  void writeResultMedia(const ToolResultPart& result);
  void writeId(std::string_view id);
  void writeExtrasOf(const Part& part, std::string_view place);

  const bool same_;  // the source is Gemini's too
  const GeminiTarget& target_;
  Losses& losses_;
  json::Writer& out_;
  std::map<std::string, std::string, std::less<>> names_;  // of calls by id
  std::vector<const Part*> moved_;
};

// A thought, its signature in Gemini's form, or both: members of an open part.
void writeGeminiThought(json::Writer& out, std::string_view text, std::string_view wire_signature);

}  // namespace penstock::dialect
