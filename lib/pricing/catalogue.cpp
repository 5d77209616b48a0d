#include "pricing/catalogue.h"

#include <algorithm>
#include <unordered_set>

#include "base/digest.h"
#include "base/text.h"
#include "model/vendor.h"
#include "price_multipliers.h"
#include "price_tables.h"
#include "pricing/buckets.h"

namespace penstock::pricing {
namespace {

bool isDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "claude-x-20260501" as "claude-x-2026-05-01": providers write dates both ways. Nothing when there
// is no such date.
std::optional<std::string> withDashedDate(std::string_view name) {
  for (size_t at = name.find("-20"); at != std::string_view::npos; at = name.find("-20", at + 1)) {
    const std::string_view date = name.substr(at + 1, 8);
    const size_t end = at + 9;
    if (date.size() < 8 || !isDigits(date)) continue;
    if (end < name.size() && name[end] != '-' && name[end] != ':') continue;
    std::string dashed(name.substr(0, at + 1));
    dashed.append(date.substr(0, 4)).append("-").append(date.substr(4, 2)).append("-");
    dashed.append(date.substr(6)).append(name.substr(end));
    return dashed;
  }
  return std::nullopt;
}

const Price* priceAt(const ModelPrices& model, UnixMillis time) {
  for (auto row = model.rows.rbegin(); row != model.rows.rend(); ++row) {
    if (row->when.holdsAt(time)) return &row->price;
  }
  return model.rows.empty() ? nullptr : &model.rows.front().price;
}

// Lifts every rate of `ceiling` to what the price charges at most.
void raise(Price& ceiling, const Price& price) {
  const auto lift = [&ceiling](const Rates& rates) {
    for (const Bucket& bucket : kBuckets) {
      int64_t& highest = ceiling.base.*bucket.rate;
      highest = std::max(highest, rates.*bucket.rate);
    }
  };
  lift(price.base);
  for (const Price::Tier& tier : price.tiers) lift(tier.rates);
  ceiling.request = std::max(ceiling.request, price.request);
}

// "https://API.Groq.com:443/openai/v1/" → "api.groq.com/openai/v1/".
std::string locationOf(std::string_view base_url) {
  const size_t scheme = base_url.find("://");
  if (scheme != std::string_view::npos) base_url.remove_prefix(scheme + 3);
  const size_t slash = std::min(base_url.find('/'), base_url.size());
  const std::string_view authority = base_url.substr(0, slash);
  std::string location = asciiLower(authority.substr(0, authority.rfind(':')));
  location.append(base_url.substr(slash));
  return location;
}

}  // namespace

PriceCatalogue PriceCatalogue::builtIn() {
  std::vector<std::string_view> tables;
  // Sorted by name: overrides.tsv comes first.
  for (const auto& file : embedded::price_tables()) tables.push_back(file.content);
  return PriceCatalogue(tables, embedded::price_multipliers().front().content);
}

PriceCatalogue::PriceCatalogue(std::span<const std::string_view> tables,
                               std::string_view multipliers)
    : multipliers_(multipliers) {
  std::string all(multipliers);
  for (const std::string_view text : tables) {
    PriceTable table = parsePriceTable(text);
    version_ = table.version;
    all.append(text);
    add(std::move(table));
  }
  for (auto& [id, provider] : providers_) index(provider);
  setCeilings();
  version_ += "+" + hex(sha256(all)).substr(0, 8);
}

void PriceCatalogue::add(PriceTable table) {
  for (ProviderPrices& source : table.providers) {
    const auto [place, added] = providers_.try_emplace(source.id);
    if (added) order_.push_back(source.id);
    Provider& provider = place->second;
    const auto append = [](auto& to, auto& from) {
      to.insert(to.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
    };
    append(provider.hosts, source.hosts);
    append(provider.fallbacks, source.fallbacks);
    append(provider.models, source.models);
  }
}

void PriceCatalogue::index(Provider& provider) {
  for (size_t i = 0; i < provider.models.size(); ++i) {
    bool pattern = false;
    split(provider.models[i].rule, '|', [&](std::string_view atom) {
      const bool whole = atom.starts_with('=') && atom.find('&') == std::string_view::npos;
      if (whole)
        provider.exact.try_emplace(atom.substr(1), i);
      else
        pattern = true;
    });
    if (pattern) provider.patterns.push_back({i, NameRule(provider.models[i].rule)});
  }
}

void PriceCatalogue::setCeilings() {
  std::unordered_map<std::string_view, Price> own;
  for (const auto& [id, provider] : providers_) {
    for (const ModelPrices& model : provider.models) {
      for (const PriceRow& row : model.rows) raise(own[id], row.price);
    }
    raise(ceiling_, own[id]);
  }
  for (auto& [id, provider] : providers_) {
    provider.ceiling = own[id];
    for (const std::string_view other : provider.fallbacks) raise(provider.ceiling, own[other]);
    if (provider.ceiling.base.input == 0 && provider.ceiling.base.output == 0)
      provider.ceiling = ceiling_;
  }
}

const PriceCatalogue::Provider* PriceCatalogue::providerById(std::string_view id) const {
  const auto found = providers_.find(id);
  return found == providers_.end() ? nullptr : &found->second;
}

// The first model in order that matches: a pattern counts only before the exact hit.
const ModelPrices* PriceCatalogue::findModel(const Provider& provider,
                                             std::string_view name) const {
  const auto exact = provider.exact.find(name);
  size_t best = exact == provider.exact.end() ? provider.models.size() : exact->second;
  for (const Provider::Pattern& pattern : provider.patterns) {
    if (pattern.model >= best) break;
    if (pattern.rule.matches(name)) best = pattern.model;
  }
  return best < provider.models.size() ? &provider.models[best] : nullptr;
}

// There, or at the providers whose models it resells.
const ModelPrices* PriceCatalogue::findAnywhere(const Provider& provider,
                                                std::string_view name) const {
  if (const ModelPrices* model = findModel(provider, name)) return model;
  for (const std::string_view id : provider.fallbacks) {
    const Provider* other = providerById(id);
    if (other == nullptr) continue;
    if (const ModelPrices* model = findModel(*other, name)) return model;
  }
  return nullptr;
}

const Price* PriceCatalogue::find(std::string_view provider, std::string_view model,
                                  UnixMillis start_time) const {
  return lookUp(provider, model, start_time).price;
}

PriceCatalogue::Found PriceCatalogue::lookUp(std::string_view provider, std::string_view model,
                                             UnixMillis start_time) const {
  const Provider* prices = providerById(provider);
  if (prices == nullptr) return {};
  const std::string name = asciiLower(trim(model));
  const ModelPrices* found = findAnywhere(*prices, name);
  if (found == nullptr) {
    if (const auto dashed = withDashedDate(name)) found = findAnywhere(*prices, *dashed);
  }
  if (found == nullptr) return {};
  return {priceAt(*found, start_time), found->context_window};
}

const Price& PriceCatalogue::ceiling(std::string_view provider) const {
  const Provider* found = providerById(provider);
  return found == nullptr ? ceiling_ : found->ceiling;
}

std::string_view PriceCatalogue::providerOf(std::string_view vendor,
                                            std::optional<std::string_view> base_url) const {
  if (!base_url || vendor != "openai") {
    auto found = providers_.find(vendor);
    const model::Vendor* row = model::findVendor(vendor);
    if (found == providers_.end() && row != nullptr) found = providers_.find(row->catalogueId());
    if (found != providers_.end()) return found->first;
  }
  if (!base_url) return {};
  const std::string location = locationOf(*base_url);
  for (const std::string_view id : order_) {
    const Provider& provider = *providerById(id);
    const auto lives = [&location](std::string_view rule) { return matchesHost(rule, location); };
    if (std::ranges::any_of(provider.hosts, lives)) return id;
  }
  return {};
}

std::vector<CatalogueModel> PriceCatalogue::models(UnixMillis time) const {
  std::vector<CatalogueModel> all;
  for (const std::string_view id : order_) {
    std::unordered_set<std::string_view> listed;
    for (const ModelPrices& model : providerById(id)->models) {
      const Price* price = priceAt(model, time);
      if (price == nullptr || !listed.insert(model.name).second) continue;
      all.push_back({id, model.name, price, model.context_window});
    }
  }
  return all;
}

size_t PriceCatalogue::modelCount() const {
  size_t count = 0;
  for (const auto& [id, provider] : providers_) count += provider.models.size();
  return count;
}

}  // namespace penstock::pricing
