#pragma once

#include <string_view>

namespace penstock::provider {

// Whether the version is one of the classic API ("2024-10-21"), not of v1 ("v1", "preview",
// "latest", or none).
bool isAzureDate(std::string_view api_version);

}  // namespace penstock::provider
