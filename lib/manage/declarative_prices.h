#pragma once

#include <functional>
#include <string>

#include "json/reader.h"
#include "json/writer.h"
#include "manage/change.h"
#include "pricing/catalogue.h"
#include "store/tables.h"

// Prices of the operator's own in a document, known by their provider, model and start. One of a
// provider that is gone is in no document, and no document deletes it.
namespace penstock::manage {

// Makes the prices those of the section, if there is one. What it lacks goes to `left_over`, with
// its name and what deletes it.
using LeftOver = std::function<void(std::string name, std::function<Status()> drop)>;
void reconcilePrices(json::ObjectReader& document, Change& change,
                     const pricing::PriceCatalogue& catalogue, size_t max_items,
                     const LeftOver& left_over);

// The section.
void writeDeclaredPrices(json::Writer& out, store::Tables& tables,
                         const pricing::PriceCatalogue& catalogue);

}  // namespace penstock::manage
