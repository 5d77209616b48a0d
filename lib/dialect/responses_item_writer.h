#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "dialect/responses_target.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes messages of the model as items of a Responses request's input. One message may be several:
// the results of tools come first, thinking and calls are items of their own.
class ResponsesItemWriter {
 public:
  ResponsesItemWriter(Dialect source, const ResponsesTarget& target, Losses& losses,
                      json::Writer& out)
      : source_(source), target_(target), losses_(losses), out_(out) {}

  void write(const Message& message);
  void writeExtras(const Extras& extras, std::string_view place);

 private:
  using Parts = std::vector<const Part*>;
  // The words for texts differ by who says them.
  enum class Said : uint8_t { In, Out };

  bool same() const { return source_ == Dialect::Responses; }
  void writeUser(const Message& message);
  void writeAssistant(const Message& message);
  void writeMessage(std::string_view role, const Parts& parts, Said said, const Extras& extras);
  void writeCall(const Part& part);
  void writeThinking(const Part& part);
  void writeResult(const Part& part, const Extras& extras);
  void writeContent(const Parts& parts, Said said);
  void writePart(const Part& part, Said said);
  void writeText(std::string_view text, Said said);
  void writeRefusal(std::string_view text, Said said);
  void writeImage(const ImagePart& image);
  void writeDocument(const DocumentPart& document);
  void writeCacheMark(const CacheMark& mark);
  bool canWrite(const Part& part, Said said);
  bool canWriteSource(const Source& source, Field field);

  const Dialect source_;
  const ResponsesTarget& target_;
  Losses& losses_;
  json::Writer& out_;
  std::set<std::string_view> custom_calls_;  // by id
};

}  // namespace penstock::dialect
