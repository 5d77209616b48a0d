#pragma once

#include <optional>

#include "json/reader.h"
#include "json/writer.h"
#include "pricing/price.h"

namespace penstock::manage {

// A price as the API shows and takes it: US dollars a million tokens, by the piece where it is
// pieces, a fee a request and tiers.
void writePrice(json::Writer& out, const pricing::Price& price);

// The member `pricing` of a body; nothing when it is absent or, with errors recorded, wrong. What
// it does not name is inherited (pricing/buckets.h), in tiers from the tier below.
std::optional<pricing::Price> readPricing(json::ObjectReader& body);

}  // namespace penstock::manage
