#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"
#include "model/provider.h"
#include "provider/endpoint.h"

namespace penstock::provider {

// What authenticates a call now.
struct Credential {
  enum class Form : uint8_t {
    None,    // local servers often want nothing
    Key,     // a key, sent as the vendor wants it
    Bearer,  // a token that expires: Google's, Entra's
    Aws,     // keys that sign
  };
  Form form = Form::None;
  Secret secret;  // key, token, or secret access key
  std::string access_key_id;
  Secret session_token;
};

// The provider's own, where it needs no call to get it: an api_key, none at all, AWS keys. Nothing
// for kinds whose tokens are fetched.
std::optional<Credential> standingCredential(const model::Provider& provider);

// One that the caller sent instead of ours (BYOK): a key as the vendor issues them; an access token
// at vertex.
Credential callerCredential(const model::Provider& provider, const Secret& key);

// Bedrock's keys as one text (spec/modelux.md 7): ID::SECRET::REGION[::SESSION_TOKEN].
struct PackedAwsKeys {
  Credential credential;
  std::string region;
};
std::optional<PackedAwsKeys> unpackAwsKeys(std::string_view text);

// Adds what authenticates the request, the last thing before it is sent: a signature covers its
// method, path, body and Content-Type. Internal when the credential cannot be used with the vendor.
Status authorize(const model::Provider& provider, const Endpoint& endpoint,
                 const Credential& credential, UnixMillis now, http::ClientRequest& request);

}  // namespace penstock::provider
