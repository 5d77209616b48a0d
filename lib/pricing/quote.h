#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/price.h"
#include "pricing/catalogue.h"
#include "pricing/overrides.h"

namespace penstock::pricing {

using Basis = model::PriceBasis;
using model::UnknownModelPolicy;

// Whose model it is: the names under which prices may be kept.
struct Seller {
  std::string_view name;          // of a provider of ours: "my-openai"
  std::string_view catalogue_id;  // PriceCatalogue::providerOf(): "openai"; may be empty
};

// What a request will be charged by. The price lives as long as the catalogue and the snapshot.
struct Quote {
  const Price* price = nullptr;  // null exactly when the basis is Unknown
  Basis basis = Basis::Unknown;
  std::optional<int64_t> context_window;  // tokens, where known
  std::optional<int64_t> max_output;      // tokens, where known
};

// All prices together: the one place to ask. A view of the catalogue and of one snapshot's
// overrides, made for each request.
//
// Precedence: an override for the provider by our name, one by the catalogue's id, the catalogue;
// then the project's policy: Ceiling charges PriceCatalogue::ceiling(), Free nothing, and under
// Deny the basis is Unknown and the request is not to be made. About half a microsecond.
class PriceBook {
 public:
  PriceBook(const PriceCatalogue& catalogue, const Overrides& overrides)
      : catalogue_(catalogue), overrides_(overrides) {}

  Quote quote(const Seller& seller, std::string_view model, UnixMillis start_time,
              UnknownModelPolicy policy) const;

  // The quote of a request that was answered under another name than it asked for: an override of
  // the name that was asked for holds; else what the answer's name costs, if that is known, for
  // providers may choose the model themselves ("auto") or write it with its date.
  Quote quoteAnswered(const Quote& asked, const Seller& seller, std::string_view answered,
                      UnixMillis start_time) const;

  // TierMultipliers::of() and dearestPermille(); overrides are prices of the standard tier.
  Multiplier multiplier(const Seller& seller, std::string_view model,
                        std::string_view service_tier) const;
  // For RequestBound::multiplier_permille.
  int64_t dearestPermille(const Seller& seller, std::string_view model, AskedTier asked) const;

  // Of both: "genai-prices-0.1.8+3f2a91c0", with overrides "…~5b0c77de".
  std::string version() const;

 private:
  const OverridePrice* findOverride(const Seller& seller, std::string_view model,
                                    UnixMillis start_time) const;

  const PriceCatalogue& catalogue_;
  const Overrides& overrides_;
};

}  // namespace penstock::pricing
