#include "provider/endpoint.h"

#include <string_view>

#include "provider/credential.h"

namespace penstock::provider {
namespace {

Endpoint internalEndpoint(std::string_view rest) {
  const size_t slash = rest.find('/');
  Endpoint endpoint;
  endpoint.origin.scheme = http::Origin::Scheme::Internal;
  endpoint.origin.host = rest.substr(0, slash);
  endpoint.origin.host_header = endpoint.origin.host;
  if (slash != std::string_view::npos) endpoint.base_path = rest.substr(slash);
  return endpoint;
}

ApiError noAddress(const model::Vendor& vendor) {
  std::string missing = "base_url is needed: every customer of ";
  if (vendor.base_url.find("{region}") != std::string_view::npos) missing = "region is needed by ";
  if (vendor.base_url.find("{location}") != std::string_view::npos) {
    missing = "location is needed by ";
  }
  const bool own = vendor.base_url.empty();
  return {ErrorKind::Unprocessable, "invalid_base_url",
          missing + std::string(vendor.name) + (own ? " has an address of their own" : ""),
          "/base_url"};
}

// "global" has no region in its host.
std::string vertexHost(std::string_view location) {
  if (location == "global") return "https://aiplatform.googleapis.com";
  return "https://" + std::string(location) + "-aiplatform.googleapis.com";
}

std::string bedrockHost(const std::string& region) {
  return "https://bedrock-runtime." + region + ".amazonaws.com" +
         (region.starts_with("cn-") ? ".cn" : "");
}

}  // namespace

std::string regionOf(const model::Provider& provider) {
  if (!provider.settings.region.empty()) return provider.settings.region;
  const auto packed = unpackAwsKeys(provider.api_key.reveal());
  return packed ? packed->region : std::string();
}

std::string homeUrl(const model::Provider& provider) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  if (vendor == nullptr) return {};
  switch (vendor->family) {
    case model::Family::Vertex:
      return provider.settings.location.empty() ? std::string()
                                                : vertexHost(provider.settings.location);
    case model::Family::Bedrock: {
      const std::string region = regionOf(provider);
      return region.empty() ? std::string() : bedrockHost(region);
    }
    case model::Family::OpenAi:
    case model::Family::Anthropic:
    case model::Family::Google:
    case model::Family::Azure: break;
  }
  return std::string(vendor->base_url);
}

Result<Endpoint> endpointOf(const model::Provider& provider) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  if (vendor == nullptr) return internalError("provider " + provider.id + " has an unknown vendor");
  // Only a vendor's own row may name an in-process server; a stored base_url never can.
  if (vendor->base_url.starts_with(model::kInternalScheme)) {
    Endpoint endpoint = internalEndpoint(vendor->base_url.substr(model::kInternalScheme.size()));
    endpoint.vendor = vendor;
    return endpoint;
  }
  const std::string address = provider.base_url.value_or(homeUrl(provider));
  if (address.empty()) return noAddress(*vendor);
  auto url = http::parseBaseUrl(address);
  if (!url) return std::move(url).error();
  url->origin.allow_private = provider.allow_private;
  const bool somebody_else = vendor->id == "openai" && provider.base_url.has_value();
  const bool openai = vendor->id == "openai" && !somebody_else;
  return Endpoint{std::move(url->origin), std::move(url->path), vendor,
                  vendor->has(model::quirk::kMaxCompletionTokens) && !somebody_else,
                  openai || vendor->family == model::Family::Azure};
}

}  // namespace penstock::provider
