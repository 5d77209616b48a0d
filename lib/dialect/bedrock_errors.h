#pragma once

#include <string_view>

#include "dialect/openai_errors.h"

namespace penstock::dialect {

// Reads an error body of Bedrock's, {"message":"…"}, and all that parseOpenAiError() reads.
// `error_type` is the answer's x-amzn-errortype ("ThrottlingException:http://…"); empty: the body's
// "__type" or the status must tell. It becomes the type.
UpstreamError parseBedrockError(std::string_view body, int status, std::string_view error_type = {});

}  // namespace penstock::dialect
