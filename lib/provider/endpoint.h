#pragma once

#include <string>

#include "base/result.h"
#include "http/client.h"
#include "model/provider.h"
#include "model/vendor.h"

namespace penstock::provider {

// Where a provider is called: its vendor, and its base URL taken apart. Built when a provider is
// first used and whenever it changes; immutable.
struct Endpoint {
  http::Origin origin;
  std::string base_path;  // "/v1", without a trailing slash
  const model::Vendor* vendor = nullptr;
  // Whether the newer name of the output's limit, max_completion_tokens, is known there. Servers of
  // others that are set up as "openai" are taken to know the older one only.
  bool newer_limit = false;
  bool has_responses = false;  // serves OpenAI's Responses API itself
};

// Internal for a vendor that is not known, Unprocessable/"invalid_base_url" for an address that
// cannot be called, or none where the vendor's customers have their own.
Result<Endpoint> endpointOf(const model::Provider& provider);

// The vendor's own address for this provider, its region or location filled in; empty when it has
// none, or when they are not given.
std::string homeUrl(const model::Provider& provider);

// The region of a bedrock provider: its own, else the one packed into its api_key.
std::string regionOf(const model::Provider& provider);

}  // namespace penstock::provider
