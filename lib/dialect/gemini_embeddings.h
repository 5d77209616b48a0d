#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/losses.h"
#include "dialect/openai_request.h"
#include "model/usage.h"

namespace penstock::dialect {

// Google's two ways to embed: models.batchEmbedContents of the Gemini API, and predict of Vertex.
enum class GeminiEmbedding : uint8_t { BatchEmbedContents, Predict };

// The body for Google of a request in OpenAI's dialect: an entry a text. `dimensions` is asked for
// in place of the caller's. Tokens instead of texts are refused: InvalidRequest at "input".
Result<std::string> writeGeminiEmbeddings(const OpenAiRequest& request, GeminiEmbedding way,
                                          std::string_view model, std::optional<int64_t> dimensions,
                                          Losses& losses);

// Google's answer as OpenAI's.
struct GeminiVectors {
  std::string body;  // an OpenAI list of embeddings, as numbers or base64, whichever was asked for
  model::Usage usage;  // source None where Google says nothing of it
};
// Vectors that Google shortened are brought to length 1, as OpenAI's are. Error:
// UpstreamFailed/"invalid_response".
Result<GeminiVectors> readGeminiEmbeddings(const OpenAiRequest& request, GeminiEmbedding way,
                                           std::string_view body, std::string_view model);

}  // namespace penstock::dialect
