#pragma once

#include <string_view>

#include "json/reader.h"
#include "json/writer.h"
#include "model/price.h"
#include "pricing/catalogue.h"

// A price of the operator's own as the API and documents write it.
namespace penstock::manage {

// Whose price it is and from when: `provider`, `model` and `starts_at`. No two may have these in
// common.
void readPriceSubject(json::ObjectReader& item, model::PriceOverride& price);
// What it costs and how much it takes: `pricing` and the limits. Absent leaves what there is.
void readPriceTerms(json::ObjectReader& item, model::PriceOverride& price);
// Both, as members of an object.
void writePriceFields(json::Writer& out, const model::PriceOverride& price);

// Whether the catalogue knows a provider of that name; a price may also be of one of ours.
bool inCatalogue(const pricing::PriceCatalogue& prices, std::string_view provider);
constexpr const char* kNoSuchPriced =
    "must be a provider's name or an id of the catalogue, such as openai";

}  // namespace penstock::manage
