#include "provider/endpoint.h"

#include "model/vendor.h"

namespace penstock::provider {
namespace {

constexpr std::string_view kInternalScheme = "internal://";

Endpoint internalEndpoint(std::string_view rest) {
  const size_t slash = rest.find('/');
  Endpoint endpoint;
  endpoint.origin.scheme = http::Origin::Scheme::Internal;
  endpoint.origin.host = rest.substr(0, slash);
  endpoint.origin.host_header = endpoint.origin.host;
  if (slash != std::string_view::npos) endpoint.base_path = rest.substr(slash);
  return endpoint;
}

}  // namespace

Result<Endpoint> endpointOf(const model::Provider& provider) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  if (vendor == nullptr) return internalError("provider " + provider.id + " has an unknown vendor");
  // Only a vendor's own row may name an in-process server; a stored base_url never can.
  if (vendor->base_url.starts_with(kInternalScheme)) {
    return internalEndpoint(vendor->base_url.substr(kInternalScheme.size()));
  }
  auto url = http::parseBaseUrl(provider.base_url ? std::string_view(*provider.base_url)
                                                  : vendor->base_url);
  if (!url) return std::move(url).error();
  url->origin.allow_private = provider.allow_private;
  return Endpoint{std::move(url->origin), std::move(url->path)};
}

void authenticate(const model::Provider& provider, const Secret& caller_key,
                  http::Headers& headers) {
  const Secret& key = caller_key.empty() ? provider.api_key : caller_key;
  if (key.empty()) return;  // local servers often want none
  headers.emplace_back("Authorization", "Bearer " + std::string(key.reveal()));
}

}  // namespace penstock::provider
