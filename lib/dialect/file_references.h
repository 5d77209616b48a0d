#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "dialect/dialect.h"

namespace penstock::dialect {

// A file that a chat request names by its id, as it was uploaded: {"type":"file","file":
// {"file_id":…}} of OpenAI's chats, input_file and input_image of Responses, {"source":
// {"type":"file","file_id":…}} of Anthropic's. Files for containers and tools, too, which only the
// provider itself can take from its own. Ids in other places, as in a tool's arguments, are the
// caller's.
struct FileReference {
  std::string id;
  std::string param;  // "messages[0].content[1].file.file_id"
  // What holds the file itself in its place: a value within the body. Empty: nothing can.
  std::string_view place = {};
  size_t item = 0;  // of messages or input, from 0; of what is elsewhere 0 too
};

// Whether it may name any: false costs next to nothing for most requests.
bool mayNameFiles(Dialect caller, const ChatView& request);
// Views into the request's body. Looks no further when it has more than `most`. InvalidRequest for
// an object that two readers could read differently, since whose its file is could not be told.
Result<std::vector<FileReference>> fileReferences(Dialect caller, const ChatView& request,
                                                  size_t most = 100);

// A file as it is put into a request.
struct InlineFile {
  std::string_view name;
  std::string_view media_type;  // what is text by its bytes needs none
  std::string_view content;
};
// The JSON that takes a reference's place: the bytes as base64 or, of texts, which few servers take
// as files, the text.
std::string inlineFile(Dialect caller, const FileReference& reference, const InlineFile& file);

// The body with other values in these places, which are in order.
using Replacements = std::vector<std::pair<std::string_view, std::string>>;
std::string replaceIn(std::string_view body, const Replacements& replacements);

}  // namespace penstock::dialect
