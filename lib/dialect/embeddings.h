#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dialect/chat_parts.h"
#include "model/usage.h"

namespace penstock::dialect {

// The typed model of embeddings, for callers and providers of different dialects. Values.

// One text, of which one vector is wanted.
struct EmbeddingInput {
  std::string text;
  std::string task, title;  // Google's taskType and title; empty: not said
};

struct EmbeddingRequest {
  // Whether vectors are written as numbers or as OpenAI's base64.
  enum class Format : uint8_t { Numbers, Base64 };

  std::vector<EmbeddingInput> inputs;
  std::optional<int64_t> dimensions;
  Format format = Format::Numbers;
  Extras extras;      // what has no place here
  std::string place;  // that is put before names in a loss report: "requests."
};

struct EmbeddingAnswer {
  std::vector<std::vector<float>> vectors;  // in the order of the inputs
  model::Usage usage;                       // source None where the provider says nothing of it
  std::string model;                        // as the provider says; empty: it does not
};

}  // namespace penstock::dialect
