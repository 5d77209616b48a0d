#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/reader.h"
#include "model/provider.h"
#include "model/vendor.h"

namespace penstock::manage {

// Reads `vendor` of a new provider, by its id or another name of it; records an error that lists
// the vendors.
const model::Vendor* readVendor(json::ObjectReader& body);

// Reads the other fields of a provider onto `provider`, which holds its vendor and, in an update,
// its present state, and checks that they fit together. Records every error. In an update a
// base_url at another origin needs the api_key or the credentials again: otherwise whoever may edit
// a provider could have its secret sent to a host of their own.
enum class Edit : unsigned char { Create, Update };
void readProvider(json::ObjectReader& body, model::Provider& provider, Edit edit);

// Whether both are called at the same place with the same credential.
bool sameCalls(const model::Provider& a, const model::Provider& b);

}  // namespace penstock::manage
