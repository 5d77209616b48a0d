#include "pricing/quote.h"

#include "base/text.h"

namespace penstock::pricing {
namespace {

const Price kNothing;

}  // namespace

const OverridePrice* PriceBook::findOverride(const Seller& seller, std::string_view model,
                                             UnixMillis start_time) const {
  if (overrides_.empty()) return nullptr;
  const std::string name = asciiLower(trim(model));
  if (const OverridePrice* own = overrides_.find(seller.name, name, start_time)) return own;
  if (seller.catalogue_id == seller.name) return nullptr;
  return overrides_.find(seller.catalogue_id, name, start_time);
}

Quote PriceBook::quote(const Seller& seller, std::string_view model, UnixMillis start_time,
                       UnknownModelPolicy policy) const {
  if (const OverridePrice* own = findOverride(seller, model, start_time)) {
    Quote quote{&own->price, Basis::Override, own->context_window, own->max_output_tokens};
    if (!quote.context_window) {
      quote.context_window =
          catalogue_.lookUp(seller.catalogue_id, model, start_time).context_window;
    }
    return quote;
  }
  const auto found = catalogue_.lookUp(seller.catalogue_id, model, start_time);
  if (found.price != nullptr) return {found.price, Basis::Catalogue, found.context_window, {}};
  switch (policy) {
    case UnknownModelPolicy::Ceiling:
      return {&catalogue_.ceiling(seller.catalogue_id), Basis::Ceiling, found.context_window, {}};
    case UnknownModelPolicy::Free: return {&kNothing, Basis::Free, found.context_window, {}};
    case UnknownModelPolicy::Deny: break;
  }
  return {nullptr, Basis::Unknown, found.context_window, {}};
}

Quote PriceBook::quoteAnswered(const Quote& asked, const Seller& seller, std::string_view answered,
                               UnixMillis start_time) const {
  if (asked.basis == Basis::Override) return asked;
  const Quote other = quote(seller, answered, start_time, UnknownModelPolicy::Deny);
  return other.price == nullptr ? asked : other;
}

Multiplier PriceBook::multiplier(const Seller& seller, std::string_view model,
                                 std::string_view service_tier) const {
  if (service_tier.empty()) return {};
  return catalogue_.multipliers().of(seller.catalogue_id, asciiLower(trim(model)), service_tier);
}

int64_t PriceBook::dearestPermille(const Seller& seller, std::string_view model,
                                   AskedTier asked) const {
  return catalogue_.multipliers().dearestPermille(seller.catalogue_id, asciiLower(trim(model)),
                                                  asked);
}

std::string PriceBook::version() const {
  return overrides_.empty() ? catalogue_.version()
                            : catalogue_.version() + "~" + overrides_.digest();
}

}  // namespace penstock::pricing
