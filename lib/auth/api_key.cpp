#include "auth/api_key.h"

#include "base/digest.h"
#include "base/text.h"

namespace penstock::auth {
namespace {

constexpr std::string_view kPrefix = "mlx_sk_";
constexpr size_t kMaxKeyBytes =
    256;  // a longer one is not ours; hashing it would be work for nothing

ApiError unauthorized(const char* code, const char* message) {
  return {ErrorKind::Unauthorized, code, message};
}

}  // namespace

std::string_view presentedKey(const http::HeaderList& headers) {
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view key;
  for (const http::HeaderView& header : headers) {
    if (equalsIgnoreCase(header.name, "x-api-key") || equalsIgnoreCase(header.name, "api-key") ||
        equalsIgnoreCase(header.name, "x-goog-api-key")) {
      key = header.value;
    } else if (key.empty() && equalsIgnoreCase(header.name, "authorization") &&
               equalsIgnoreCase(header.value.substr(0, kScheme.size()), kScheme)) {
      key = trim(header.value.substr(kScheme.size()));
    }
  }
  return key;
}

Result<const config::ApiKey*> verifyApiKey(const config::Snapshot& snapshot,
                                           std::string_view presented, UnixMillis now) {
  if (presented.empty()) {
    return unauthorized("missing_api_key",
                        "no API key was given; send Authorization: Bearer mlx_sk_…");
  }
  if (presented.size() > kMaxKeyBytes || !presented.starts_with(kPrefix)) {
    return unauthorized("invalid_api_key", "the API key is not a project key (mlx_sk_…)");
  }
  const Sha256 hash = sha256(presented);
  const config::ApiKey* key = snapshot.findApiKey(hash);
  if (key == nullptr)
    return unauthorized("invalid_api_key", "the API key is unknown or was revoked");
  if (const auto expiry = config::expiryOf(*key, hash); expiry && *expiry <= now) {
    return unauthorized("expired_api_key", "the API key has expired");
  }
  return key;
}

}  // namespace penstock::auth
