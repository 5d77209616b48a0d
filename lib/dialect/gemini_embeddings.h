#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/embeddings.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// Google's ways to embed: models.embedContent and batchEmbedContents of the Gemini API, and predict
// of Vertex.
enum class GeminiEmbedding : uint8_t { EmbedContent, BatchEmbedContents, Predict };

// The body for Google of a request of another dialect, or for its other way: an entry a text.
// `dimensions` is asked for in place of the caller's. Of one entry only with EmbedContent.
std::string writeGeminiEmbeddings(const EmbeddingRequest& request, GeminiEmbedding way,
                                  std::string_view model, std::optional<int64_t> dimensions,
                                  Losses& losses);

// Google's answer as the typed model, vectors as they are. Error:
// UpstreamFailed/"invalid_response".
Result<EmbeddingAnswer> readGeminiVectors(GeminiEmbedding way, std::string_view body);
// The same for a caller of EmbedContent (of one vector) or BatchEmbedContents.
std::string renderGeminiVectors(const EmbeddingAnswer& answer, GeminiEmbedding way);

// fitEmbeddings() of an answer for such a caller.
Status fitGeminiEmbeddings(std::string& body, int64_t dimensions, std::string_view model);

}  // namespace penstock::dialect
