#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "config/snapshot.h"
#include "http/message.h"
#include "manage/services.h"
#include "model/key.h"

namespace penstock::manage {

// The management key of `Authorization: Bearer mlx_mk_…`, looked up by its hash; the presented text
// goes nowhere else. The pointer lives as long as the snapshot. Errors: 401 invalid_api_key, 403
// ip_not_allowed.
Result<const model::ManagementKey*> authenticate(const config::Snapshot& snapshot,
                                                 const http::Request& request, UnixMillis now);

// 403 forbidden unless the caller has at least that role.
Status requireRole(const model::ManagementKey& caller, model::Role least);

// For Server::Options::admit_body: strangers' bodies are not read. The documents have no body.
std::optional<ApiError> admitBody(const Services& services, const http::Request& head);

}  // namespace penstock::manage
