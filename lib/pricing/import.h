#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "pricing/catalogue.h"
#include "pricing/price.h"

namespace penstock::pricing {

struct ImportedPrice {
  std::string provider;  // the catalogue's id
  std::string model;     // in lower case
  Price price;
  std::optional<int64_t> context_window, max_output_tokens;
};

// An entry that was not taken, and why.
struct SkippedEntry {
  std::string name, reason;
};

// A field about prices that no rate of ours stands for, so the model is billed without it.
struct LeftOutField {
  std::string field;
  int64_t count = 0;
  std::string example;  // an entry that has it
};

struct ImportedPrices {
  std::vector<ImportedPrice> prices;
  std::vector<SkippedEntry> skipped;
  std::vector<LeftOutField> left_out;  // by field
};

// Price lists of others, as they publish them. Pure; what cannot be carried over is in the report,
// never guessed. The catalogue says which providers there are.
//
//   LiteLLM's model_prices_and_context_window.json: {"gpt-4o":{"litellm_provider":"openai",
//     "input_cost_per_token":2.5e-06,"output_cost_per_token_above_200k_tokens":…,…},…}
//   models.dev's api.json: {"openai":{"models":{"gpt-4o":{"cost":{"input":2.5,…},"limit":{…}}}}}
ImportedPrices importLiteLlm(json::ValueRef document, const PriceCatalogue& catalogue);
ImportedPrices importModelsDev(json::ValueRef document, const PriceCatalogue& catalogue);

}  // namespace penstock::pricing
