#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace penstock::model {

// Where the price of a request came from. Stored in the request log: the numbers stay.
enum class PriceBasis : uint8_t {
  Unknown = 0,    // no price: costs are zero because nothing better is known
  Catalogue = 1,  // the table in the binary
  Override = 2,   // the operator's own price
  Ceiling = 3,    // the model is not known: the dearest rates stand in
  Free = 4,       // the model is not known, and the project says that such cost nothing
  Kept = 5,       // nobody was asked: an answer of the cache costs nothing
};

constexpr std::string_view priceBasisName(PriceBasis basis) {
  switch (basis) {
    case PriceBasis::Unknown: return "unknown";
    case PriceBasis::Catalogue: return "catalogue";
    case PriceBasis::Override: return "override";
    case PriceBasis::Ceiling: return "ceiling";
    case PriceBasis::Free: return "free";
    case PriceBasis::Kept: return "cache";
  }
  return "unknown";
}

// What a project does with a model of which no price is known.
enum class UnknownModelPolicy : uint8_t {
  Deny,     // refuses the request before any call
  Ceiling,  // charges the dearest rates of the provider
  Free,     // charges nothing
};

constexpr std::string_view kUnknownModelPolicies[] = {"deny", "ceiling", "free"};

constexpr std::string_view policyName(UnknownModelPolicy policy) {
  return kUnknownModelPolicies[static_cast<size_t>(policy)];
}

// A price that the operator set; it wins over the catalogue.
struct PriceOverride {
  std::string id;        // price_…
  std::string provider;  // an id of the catalogue ("openai"), or the name of a provider of ours
  std::string model;     // in lower case: a name, or the start of names: "gpt-4o*"; "*" is all
  std::optional<UnixMillis> starts_at;  // of the request; absent: always
  std::string rates;                    // in the price table's form, pricing/rates_text.h
  std::optional<int64_t> context_window, max_output_tokens;
  std::string source;  // "manual", "litellm", "models.dev"
  UnixMillis created_at = 0, updated_at = 0;
  bool operator==(const PriceOverride&) const = default;
};

}  // namespace penstock::model
