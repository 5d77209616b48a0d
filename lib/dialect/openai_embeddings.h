#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/embeddings.h"
#include "dialect/losses.h"
#include "dialect/openai_request.h"
#include "json/splice.h"

namespace penstock::dialect {

// The body for an OpenAI-compatible provider of embeddings: the caller's bytes with the model
// replaced and every mlx:* member removed; with `dimensions`, that is what is asked for, whatever
// the caller asked for. Models that take no such member get none (text-embedding-ada-002).
// Everything else is views into the text that `request` was parsed from.
json::Spliced encodeOpenAiEmbeddings(const OpenAiRequest& request, std::string_view model,
                                     std::optional<int64_t> dimensions);

// A caller's request as the typed model. Lists of tokens are refused, which only OpenAI's models
// can read: InvalidRequest at "input".
Result<EmbeddingRequest> readOpenAiEmbeddings(const OpenAiRequest& request);
// The body for a provider of a request of another dialect. `dimensions` is asked for in place of
// the caller's.
std::string writeOpenAiEmbeddings(const EmbeddingRequest& request, std::string_view model,
                                  std::optional<int64_t> dimensions, Losses& losses);

// A provider's answer as the typed model. Error: UpstreamFailed/"invalid_response".
Result<EmbeddingAnswer> readOpenAiVectors(std::string_view body);
// The same for a caller: a list of vectors, which are brought to length 1 as OpenAI's are. `tokens`
// are of the input, `model` is for when the answer names none.
std::string renderOpenAiVectors(const EmbeddingAnswer& answer, EmbeddingRequest::Format format,
                                std::string_view model, int64_t tokens);

// Makes every vector of an embeddings answer have so many numbers (vector_fit.h). Otherwise
// UpstreamFailed/"embedding_dimensions_mismatch", and the body is as it was.
Status fitEmbeddings(std::string& body, int64_t dimensions, std::string_view model);

}  // namespace penstock::dialect
