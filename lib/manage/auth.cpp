#include "manage/auth.h"

#include <algorithm>

#include <fmt/format.h>

#include "auth/access.h"
#include "base/digest.h"
#include "base/text.h"
#include "manage/resource.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kScheme = "Bearer ";
constexpr std::string_view kPrefix = "mlx_mk_";
constexpr size_t kMaxKeyBytes = 256;  // a longer one is not ours; hashing it is work for nothing

ApiError unauthorized(std::string message) {
  return {ErrorKind::Unauthorized, "invalid_api_key", std::move(message)};
}

std::string_view bearer(const http::HeaderList& headers) {
  const std::string_view value = headers.get("Authorization");
  if (!equalsIgnoreCase(value.substr(0, kScheme.size()), kScheme)) return {};
  return trim(value.substr(kScheme.size()));
}

}  // namespace

Result<const model::ManagementKey*> authenticate(const config::Snapshot& snapshot,
                                                 const http::Request& request, UnixMillis now) {
  // Two parties could read two headers differently.
  if (request.headers.count("Authorization") > 1) {
    return unauthorized("the Authorization header was given more than once");
  }
  const std::string_view presented = bearer(request.headers);
  if (presented.empty()) {
    return unauthorized("no management key was given; send Authorization: Bearer mlx_mk_…");
  }
  if (presented.size() > kMaxKeyBytes || !presented.starts_with(kPrefix)) {
    return unauthorized("the key is not a management key (mlx_mk_…)");
  }
  const Sha256 hash = sha256(presented);
  const config::ManagementKey* key = snapshot.findManagementKey(hash);
  if (key == nullptr) return unauthorized("the management key is unknown or was revoked");
  const auto expiry = config::expiryOf(*key, hash);
  if (expiry && *expiry <= now) return unauthorized("the management key has expired");
  const auto allowed =
      auth::checkAddress(snapshot.organization().addresses, key->addresses, request.peer);
  if (!allowed) return allowed.error();
  return key;
}

bool Call::sees(std::string_view project_id) const {
  return project_id.empty() || caller.project_ids.empty() ||
         std::find(caller.project_ids.begin(), caller.project_ids.end(), project_id) !=
             caller.project_ids.end();
}

Status requireRole(const model::ManagementKey& caller, model::Role least) {
  if (caller.role <= least) return Unit{};
  return ApiError{ErrorKind::Forbidden, "forbidden",
                  fmt::format("this needs the role {}; the key has the role {}",
                              model::roleName(least), model::roleName(caller.role))};
}

std::optional<ApiError> admitBody(const Services& services, const http::Request& head) {
  auto caller = authenticate(*services.config.current(), head, services.clock.now());
  if (caller) return std::nullopt;
  return std::move(caller).error();
}

}  // namespace penstock::manage
