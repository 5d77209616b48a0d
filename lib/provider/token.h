#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client.h"
#include "model/provider.h"
#include "provider/credential.h"

// How credentials that expire are asked for (spec/dialects.md 12 and 14). Pure: it describes the
// calls and reads their answers; upstream/credentials.h makes them.
namespace penstock::provider {

struct Token {
  Credential credential;
  UnixMillis expires_at = 0;
};

// One HTTP exchange on the way to a token.
struct TokenRequest {
  http::Origin origin;
  std::string method = "GET";
  std::string path;
  http::Headers headers;
  Secret body;
};

// The exchanges for one token, in order: next(), its answer to take(), until that has the token.
// Errors are UpstreamFailed/"provider_auth_failed", fit to be shown: they hold no secret.
class TokenFlow {
 public:
  virtual ~TokenFlow() = default;
  virtual Result<TokenRequest> next(UnixMillis now) = 0;
  virtual Result<std::optional<Token>> take(int status, std::string_view body, UnixMillis now) = 0;
};

// Where tokens come from. Metadata services have link-local addresses: their origins may be
// private, which no provider's may that is not marked so.
struct TokenPlaces {
  TokenPlaces();
  http::Origin google_oauth, google_metadata, entra, azure_metadata, aws_metadata;
  std::optional<http::Origin> sts;  // absent: the region's
};

// What flows need of the machine. The functions must be safe from the thread that fetches.
struct TokenContext {
  TokenPlaces places;
  // The value of an environment variable; empty when there is none.
  std::function<std::string(const std::string& name)> variable;
  // A file's contents without the white space at its ends: tokens that Kubernetes renews there.
  // Nothing when it cannot be read.
  std::function<std::optional<std::string>(const std::string& path)> file;
};

// Null for kinds that need no fetching (standingCredential() has them).
std::unique_ptr<TokenFlow> tokenFlow(const model::Provider& provider, const TokenContext& context);

}  // namespace penstock::provider
