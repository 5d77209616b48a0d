#pragma once

#include <string>

#include "base/result.h"
#include "manage/resource.h"
#include "model/provider.h"

namespace penstock::manage {

// One call to the provider with its credential, bounded by ten seconds. 422
// provider_verification_failed at /api_key or /credentials when the provider refuses them or none
// can be had, at /base_url when it cannot be reached. Tells the health board nothing: the provider
// that is stored may be another. Blocks; not for the writer thread.
Status verifyProvider(Services& services, const model::Provider& provider);
// Tells the health board that the stored provider is one that was verified just now.
void recordVerified(Services& services, const model::Provider& provider, UnixMillis now);

// The provider's JSON with `health` in it.
std::string withHealth(Services& services, std::string provider_json,
                       const model::Provider& provider, UnixMillis now);

// GET /providers/{provider_id}/health, POST /providers/{provider_id}/verify
Handler showProviderHealth, verifyProviderNow;

}  // namespace penstock::manage
