#pragma once

#include <string_view>

namespace penstock::dialect {

// Whether a whole answer is one that could be given again.
struct AnswerOutcome {
  // All there: vectors, or choices that each ended by themselves, at the request's own limit or
  // with calls; not one that a filter cut.
  bool complete = false;
  bool calls_tools = false;
};

// Of a chat.completion or a list of embeddings.
AnswerOutcome readOpenAiOutcome(std::string_view body);

}  // namespace penstock::dialect
