#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/openai_request.h"
#include "json/splice.h"

namespace penstock::dialect {

// The body for an OpenAI-compatible provider of embeddings: the caller's bytes with the model
// replaced and every mlx:* member removed; with `dimensions`, that is what is asked for, whatever
// the caller asked for. Models that take no such member get none (text-embedding-ada-002).
// Everything else is views into the text that `request` was parsed from.
json::Spliced encodeOpenAiEmbeddings(const OpenAiRequest& request, std::string_view model,
                                     std::optional<int64_t> dimensions);

// Whether the model is known to be trained so that the head of a vector, brought to length 1 again,
// is a vector of the same text (Matryoshka representation learning).
bool shortensWell(std::string_view model);

// Makes every vector of an embeddings answer have so many numbers: longer ones are shortened and
// brought to length 1 where the model allows that. Vectors are arrays of numbers or base64 of
// little-endian 32-bit floats, and stay what they are; all else keeps its bytes. Otherwise
// UpstreamFailed/"embedding_dimensions_mismatch", and the body is as it was.
Status fitEmbeddings(std::string& body, int64_t dimensions, std::string_view model);

}  // namespace penstock::dialect
