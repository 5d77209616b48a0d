#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/responses_request.h"
#include "http/sse.h"

namespace penstock::dialect {

// What a Responses request takes up again, for providers that do not hold it: the state itself is
// the caller's. Functions are pure; items are JSON text.

// The input of a request as an array of items, without the first `skip`: what is kept with a stored
// response, and listed by input_items. A bare text is a user's message.
std::string inputItems(const ResponsesRequest& request, size_t skip = 0);

// The ids that the input refers to instead of holding the items, in their order.
std::vector<std::string> referencedItems(const ResponsesRequest& request);

struct ResponsesHistory {
  // An array: input and output of the responses before, oldest first. Empty: there is none.
  std::string_view items = {};
  std::map<std::string, std::string, std::less<>> referenced = {};  // items by id
};

// The body of a request that needs none of it: the history before its own input, items in place of
// references to them, without previous_response_id, conversation and background. References that
// `history` lacks stay, for readResponses() to refuse.
std::string withHistory(const ResponsesRequest& request, const ResponsesHistory& history);

// The same request for a server of the dialect that has seen none of its items: without reasoning,
// which is sealed by who thought it, and without the ids that items had elsewhere.
std::string forAnotherServer(const ResponsesRequest& request);

// Follows a stream that is whole already and keeps the response that ends it. One a stream. Of a
// stream on its way, ChatStream::keepResponse() does that without reading it again.
class ResponsesCollector {
 public:
  void feed(std::string_view bytes);
  // The response object; empty: the stream has not ended, or with an error event alone.
  const std::string& response() const { return response_; }

 private:
  http::SseLexer lexer_;
  std::string response_;
};

}  // namespace penstock::dialect
