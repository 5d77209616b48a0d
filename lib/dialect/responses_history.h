#pragma once

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

// The input of a request as an array of items: what is kept with a stored response, and listed by
// input_items. A bare text is a user's message.
std::string inputItems(const ResponsesRequest& request);

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

// Follows a stream on its way to the caller and keeps the response that ends it, for the store. One
// a stream.
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
