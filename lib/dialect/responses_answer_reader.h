#pragma once

#include <string_view>

#include "base/result.h"
#include "dialect/chat_answer.h"

namespace penstock::dialect {

// A response as the typed model. Members that are odd are left out. Error: UpstreamFailed with
// "invalid_response" when the body is no response that has ended, or with the provider's code when
// it has failed.
Result<ChatAnswer> readResponsesAnswer(std::string_view body);

}  // namespace penstock::dialect
