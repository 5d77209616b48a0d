#include "provider/token.h"

#include <algorithm>

#include "base/percent.h"
#include "base/text.h"
#include "json/document.h"
#include "provider/token_flows.h"

namespace penstock::provider {
namespace {

http::Origin publicOrigin(const std::string& host) {
  return {http::Origin::Scheme::Https, host, 443, false, host};
}

http::Origin metadataOrigin(const std::string& host_header) {
  return {http::Origin::Scheme::Http, "169.254.169.254", 80, true, host_header};
}

// A word like "invalid_grant", never a text that could hold what was sent.
bool isCode(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

std::optional<int64_t> secondsAt(json::ValueRef root, std::string_view key) {
  const auto value = root.find(key);
  if (!value) return std::nullopt;
  constexpr int64_t kMost = 1'000'000'000;
  if (const auto number = value->asInt()) return std::min(*number, kMost);
  const auto text = value->asString();
  const auto number = text ? parseUnsigned(*text) : std::nullopt;
  if (!number || *number > kMost) return std::nullopt;
  return static_cast<int64_t>(*number);
}

}  // namespace

TokenPlaces::TokenPlaces()
    : google_oauth(publicOrigin("oauth2.googleapis.com")),
      google_metadata(metadataOrigin("metadata.google.internal")),
      entra(publicOrigin("login.microsoftonline.com")),
      azure_metadata(metadataOrigin("169.254.169.254")),
      aws_metadata(metadataOrigin("169.254.169.254")) {}

std::unique_ptr<TokenFlow> tokenFlow(const model::Provider& provider, const TokenContext& context) {
  using Kind = model::CredentialKind;
  switch (provider.credentials.kind) {
    case Kind::ApiKey:
    case Kind::AwsKeys: return nullptr;
    case Kind::AwsWebIdentity:
    case Kind::AwsContainer:
    case Kind::AwsInstance: return awsFlow(provider, context);
    case Kind::ServiceAccount:
    case Kind::GoogleMetadata: return googleFlow(provider, context);
    case Kind::EntraClient:
    case Kind::EntraWorkload:
    case Kind::ManagedIdentity: return entraFlow(provider, context);
  }
  return nullptr;
}

ApiError noToken(std::string why, std::string detail) {
  ApiError error{ErrorKind::UpstreamFailed, "provider_auth_failed",
                 "the credential could not be obtained: " + std::move(why)};
  error.detail = std::move(detail);
  return error;
}

ApiError tokenRefused(std::string_view from, int status, std::string_view body) {
  std::string why = std::string(from) + " answered " + std::to_string(status);
  if (const auto document = json::parse(body)) {
    const auto code = document->root().stringAt("error");
    if (code && isCode(*code)) why.append(" ").append(*code);
  }
  return noToken(std::move(why));
}

bool isSendable(std::string_view text) {
  constexpr size_t kMost = 32 << 10;
  return !text.empty() && text.size() <= kMost &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

Result<std::optional<Token>> readBearer(std::string_view from, int status, std::string_view body,
                                        UnixMillis now) {
  if (status != 200) return tokenRefused(from, status, body);
  const auto document = json::parse(body);
  const auto token = document ? document->root().stringAt("access_token") : std::nullopt;
  const int64_t seconds = document ? secondsAt(document->root(), "expires_in").value_or(0) : 0;
  if (!token || token->empty() || seconds <= 0) {
    return noToken(std::string(from) + " answered without a token");
  }
  if (!isSendable(*token))
    return noToken(std::string(from) + " answered a token that cannot be sent");
  return std::optional(
      Token{{.form = Credential::Form::Bearer, .secret = Secret(std::string(*token))},
            now + seconds * 1000});
}

std::string formOf(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    if (!form.empty()) form += "&";
    form.append(name).append("=").append(percentEncode(value));
  }
  return form;
}

}  // namespace penstock::provider
