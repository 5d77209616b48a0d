#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/provider.h"
#include "model/vendor.h"

namespace penstock::manage {

// Reads region, project, location, api_version and deployments; null clears. Records an error for
// what the vendor knows nothing of, and for what it needs and is not given.
void readSettings(json::ObjectReader& body, const model::Vendor& vendor, model::Provider& provider);

// Every one; null where it is not given.
void writeSettings(json::Writer& out, const model::ProviderSettings& settings);
// Those that are given.
void writeGivenSettings(json::Writer& out, const model::ProviderSettings& settings);

}  // namespace penstock::manage
