#pragma once

#include <string_view>

#include "base/ip_range.h"
#include "base/result.h"
#include "config/snapshot.h"
#include "model/key.h"

namespace penstock::auth {

// What a caller whose key was accepted may still not do. Allocate nothing unless they refuse.

// 403 ip_not_allowed when the organization's list, or then the key's own, does not hold the peer:
// the socket's address (http::Request::peer), never one that a header claims. For keys of both
// kinds.
Status checkAddress(const IpAllowList& organization, const IpAllowList& key, std::string_view peer);

// Whether the key may ask for this model, as the caller writes it: "@slug", "provider/model" or a
// bare name. A pattern of the key that ends in '*' is a prefix, others are whole names; without
// patterns every model is allowed. "openai/*" says nothing about "gpt-4o", nor about what "@fast"
// may lead to.
bool allowsModel(const model::ApiKey& key, std::string_view model);

// The same as an error: 403 model_not_allowed.
Status checkModel(const model::ApiKey& key, std::string_view model);

}  // namespace penstock::auth
