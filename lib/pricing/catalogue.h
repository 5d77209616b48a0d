#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "pricing/catalogue_text.h"
#include "pricing/match.h"
#include "pricing/multipliers.h"
#include "pricing/price.h"

namespace penstock::pricing {

// One model as the tables list it. Views and pointers live as long as the catalogue; the price
// holds for the time asked.
struct CatalogueModel {
  std::string_view provider;  // the catalogue's id, e.g. "openai"
  std::string_view name;      // as the provider writes it, e.g. "gpt-4o-mini"
  const Price* price = nullptr;
  std::optional<int64_t> context_window;  // tokens; absent: not known
};

// What models cost, by provider, model name and time. Built once at start (2–3 ms), then read-only:
// safe from every thread. A look-up takes about a microsecond and copies the name. Its result lives
// as long as the catalogue, but holds for the time asked only: some prices change by the hour.
class PriceCatalogue {
 public:
  // The tables in the binary: our overrides, then genai-prices; and the multipliers.
  static PriceCatalogue builtIn();
  // Tables in order of precedence; they must outlive the catalogue. Throws on a malformed one.
  explicit PriceCatalogue(std::span<const std::string_view> tables,
                          std::string_view multipliers = {});
  PriceCatalogue(PriceCatalogue&&) noexcept = default;
  PriceCatalogue& operator=(PriceCatalogue&&) noexcept = default;

  // The price of a provider's model for a request that started then, or null when it is not known.
  // `provider` is an id of the catalogue, see providerOf(). Null means unpriced, never free.
  const Price* find(std::string_view provider, std::string_view model, UnixMillis start_time) const;

  // The same with what else is known of the model; `price` may be null.
  struct Found {
    const Price* price = nullptr;
    std::optional<int64_t> context_window;  // tokens
  };
  Found lookUp(std::string_view provider, std::string_view model, UnixMillis start_time) const;

  // The dearest rates of a provider and of those whose models it resells, bucket by bucket, over
  // all models, tiers and times; of the whole catalogue where it lists none. Never cheaper than a
  // price that find() answers for the provider. It is no model's price: it stands in for an unknown
  // one.
  const Price& ceiling(std::string_view provider) const;

  // What tiers of service multiply its prices by.
  const TierMultipliers& multipliers() const { return multipliers_; }

  // The catalogue's id for a credential of ours: the vendor, by its id here or by the catalogue's;
  // but where there is a base URL, since vendor "openai" speaks for every compatible host, and for
  // vendors without prices, the provider that lives at the base URL
  // ("https://api.groq.com/openai/v1" → "groq"). Empty when nobody known does.
  std::string_view providerOf(std::string_view vendor,
                              std::optional<std::string_view> base_url) const;

  // Every model with a price, by provider in the tables' order (the first table's first); what an
  // earlier table lists is not listed again. Names are examples of what a rule matches: find()
  // knows more (dated versions, say), and some fifty are labels of a family that nobody calls by
  // them.
  std::vector<CatalogueModel> models(UnixMillis time) const;

  // Of the tables' contents, e.g. "genai-prices-0.1.8+3f2a91c0"; stored with every cost.
  const std::string& version() const { return version_; }
  size_t modelCount() const;

 private:
  // One provider's models, indexed: names that match whole are found by hash, the rest in order.
  struct Provider {
    std::vector<std::string_view> hosts;
    std::vector<std::string_view> fallbacks;
    std::vector<ModelPrices> models;
    std::unordered_map<std::string_view, size_t> exact;  // name → first model that names it
    // Models with any other atom, in order.
    struct Pattern {
      size_t model = 0;
      NameRule rule;
    };
    std::vector<Pattern> patterns;
    Price ceiling;
  };
  static void index(Provider& provider);
  void add(PriceTable table);
  const Provider* providerById(std::string_view id) const;
  const ModelPrices* findModel(const Provider& provider, std::string_view name) const;
  const ModelPrices* findAnywhere(const Provider& provider, std::string_view name) const;

  void setCeilings();

  std::unordered_map<std::string_view, Provider> providers_;
  Price ceiling_;  // of them all
  TierMultipliers multipliers_;
  std::vector<std::string_view> order_;  // of providers, for host look-up
  std::string version_;
};

}  // namespace penstock::pricing
