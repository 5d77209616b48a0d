#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"
#include "model/provider.h"

namespace penstock::provider {

// Where and how a provider is called: base URL taken apart, and its credential as headers. Built
// when a provider is first used and whenever it changes; immutable.
struct Endpoint {
  http::Origin origin;
  std::string base_path;  // "/v1", without a trailing slash
};

Result<Endpoint> endpointOf(const model::Provider& provider);

// Adds the headers that authenticate a call: the provider's own key, or the caller's (BYOK) when
// `caller_key` is not empty.
void authenticate(const model::Provider& provider, const Secret& caller_key,
                  http::Headers& headers);

}  // namespace penstock::provider
