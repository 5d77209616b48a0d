#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/reader.h"
#include "model/provider.h"

namespace penstock::manage {

// What a vendor id stands for here.
struct Vendor {
  std::string_view id;
  std::string_view host;  // where it lives when no base_url is given; empty: in this process
  std::string_view default_model;  // what @default asks for at that host
};

// Null when there is no such vendor.
const Vendor* findVendor(std::string_view id);

// Reads `vendor` of a new provider; records an error that lists the vendors.
const Vendor* readVendor(json::ObjectReader& body);

// Reads the other fields of a provider onto `provider`, which holds its vendor and, in an update,
// its present state, and checks that they fit together. Records every error. In an update a
// base_url at another origin needs the api_key again: otherwise whoever may edit a provider could
// have its secret sent to a host of their own.
enum class Edit : unsigned char { Create, Update };
void readProvider(json::ObjectReader& body, model::Provider& provider, Edit edit);

}  // namespace penstock::manage
