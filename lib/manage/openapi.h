#pragma once

#include <string_view>
#include <vector>

#include "http/router.h"

namespace penstock::manage {

// The documents of schema/openapi, embedded.
std::string_view manageDocument();
std::string_view proxyDocument();

// GET /openapi.yaml (this API) and /openapi-proxy.yaml; no key needed.
std::vector<http::Route> openapiRoutes();

}  // namespace penstock::manage
