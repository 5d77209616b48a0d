#include "provider/credential.h"

#include <array>

#include "base/text.h"
#include "provider/sigv4.h"

namespace penstock::provider {
namespace {

using Form = Credential::Form;

// Anthropic's OAuth tokens go where its keys do not.
constexpr std::string_view kAnthropicToken = "sk-ant-oat";

void addBearer(const Secret& secret, http::Headers& headers) {
  headers.add("Authorization", "Bearer " + std::string(secret.reveal()));
}

void addKey(const model::Vendor& vendor, const Secret& key, http::Headers& headers) {
  const auto add = [&](const char* name) { headers.add(name, key.reveal()); };
  switch (vendor.keys) {
    case model::KeyScheme::XApiKey:
      if (key.reveal().starts_with(kAnthropicToken)) return addBearer(key, headers);
      return add("x-api-key");
    case model::KeyScheme::ApiKey: return add("api-key");
    case model::KeyScheme::XGoogApiKey: return add("x-goog-api-key");
    case model::KeyScheme::Bearer:
    case model::KeyScheme::None: return addBearer(key, headers);
  }
}

Status sign(const model::Provider& provider, const Credential& credential, UnixMillis now,
            http::ClientRequest& request) {
  const std::string region = regionOf(provider);
  if (region.empty())
    return internalError("provider " + provider.id + " has no region to sign for");
  if (request.body_bytes) return internalError("a body that is not all there cannot be signed");
  signV4({credential.access_key_id, credential.secret, credential.session_token},
         {region, "bedrock", now}, request);
  return Unit{};
}

}  // namespace

std::optional<PackedAwsKeys> unpackAwsKeys(std::string_view text) {
  std::array<std::string_view, 4> parts;
  size_t count = 0;
  while (count < parts.size()) {
    const size_t at = text.find("::");
    parts[count++] = text.substr(0, at);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + 2);
    // "…::" at the end, or more parts than there are.
    if (count == parts.size()) return std::nullopt;
  }
  if (count < 3) return std::nullopt;
  for (size_t i = 0; i < count; ++i) {
    if (parts[i].empty()) return std::nullopt;
  }
  return PackedAwsKeys{{.form = Form::Aws,
                        .secret = Secret(std::string(parts[1])),
                        .access_key_id = std::string(parts[0]),
                        .session_token = Secret(std::string(parts[3]))},
                       std::string(parts[2])};
}

Credential callerCredential(const model::Provider& provider, const Secret& key) {
  const model::Vendor* vendor = model::findVendor(provider.vendor);
  if (vendor != nullptr && vendor->family == model::Family::Bedrock) {
    if (auto packed = unpackAwsKeys(key.reveal())) return std::move(packed->credential);
  }
  return {.form = key.empty() ? Form::None : Form::Key, .secret = key};
}

std::optional<Credential> standingCredential(const model::Provider& provider) {
  const model::Credentials& own = provider.credentials;
  if (own.kind == model::CredentialKind::ApiKey) {
    return callerCredential(provider, provider.api_key);
  }
  if (own.kind != model::CredentialKind::AwsKeys) return std::nullopt;
  return Credential{.form = Form::Aws,
                    .secret = own.secret,
                    .access_key_id = own.id,
                    .session_token = own.session_token};
}

Status authorize(const model::Provider& provider, const Endpoint& endpoint,
                 const Credential& credential, UnixMillis now, http::ClientRequest& request) {
  switch (credential.form) {
    case Form::None: break;
    case Form::Key: addKey(*endpoint.vendor, credential.secret, request.headers); break;
    case Form::Bearer: addBearer(credential.secret, request.headers); break;
    case Form::Aws: return sign(provider, credential, now, request);
  }
  return Unit{};
}

}  // namespace penstock::provider
