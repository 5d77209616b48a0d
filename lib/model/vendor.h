#pragma once

#include <span>
#include <string_view>

namespace penstock::model {

// A vendor of models, as a row of data. New OpenAI-compatible vendors are rows, not files.
struct Vendor {
  std::string_view id;
  std::string_view base_url;  // what a provider without a base_url of its own uses
  // Model names that mean this vendor when they come without one (spec/modelux.md 2.2).
  std::span<const std::string_view> bare_prefixes;
  // Models that every provider of this vendor is known to serve, for GET /models.
  std::span<const std::string_view> models = {};
};

// Vendors that a provider can be created for.
std::span<const Vendor> vendors();
const Vendor* findVendor(std::string_view id);

// The vendor id that a bare model name means, or empty. Knows vendors that cannot be created yet
// too, so that their models get a helpful error.
std::string_view vendorOfBareModel(std::string_view model);

// "gpt-*, o1*, …", for the error that lists them.
std::string_view bareModelPrefixes();

}  // namespace penstock::model
