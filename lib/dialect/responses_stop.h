#pragma once

#include <string_view>

#include "dialect/chat_answer.h"

namespace penstock::dialect {

// How a response ended:
// {"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}.

// Of a response's own words. An answer with calls that is complete ended to have them run; reasons
// that are not known are Unknown.
enum class Calls : uint8_t { None, Some };
Stop stopOfResponses(std::string_view status, std::string_view reason, Calls calls);

// The reason why the response is incomplete; empty: it is complete.
std::string_view incompleteReason(Stop::Reason reason);

}  // namespace penstock::dialect
