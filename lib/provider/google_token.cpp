// Google: a service account's signed assertion, or the metadata server of GCE and GKE.
#include "base/base64.h"
#include "base/rs256.h"
#include "json/writer.h"
#include "provider/token_flows.h"

namespace penstock::provider {
namespace {

constexpr std::string_view kScope = "https://www.googleapis.com/auth/cloud-platform";
// What the assertion is for, wherever it is sent.
constexpr std::string_view kAudience = "https://oauth2.googleapis.com/token";
constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr int64_t kAssertionSeconds = 3600;

Result<std::string> assertionOf(const model::Credentials& account, UnixMillis now) {
  std::string head;
  json::Writer header(head);
  header.beginObject().field("alg", "RS256").field("typ", "JWT");
  if (!account.key_id.empty()) header.field("kid", account.key_id);
  header.endObject();
  std::string claims;
  json::Writer body(claims);
  body.beginObject().field("iss", account.id).field("scope", kScope).field("aud", kAudience);
  body.field("iat", now / 1000).field("exp", now / 1000 + kAssertionSeconds).endObject();
  const std::string text = base64Url(head) + "." + base64Url(claims);
  auto signature = signRs256(account.secret, text);
  if (!signature) return std::move(signature).error();
  return text + "." + base64Url(*signature);
}

class ServiceAccountFlow final : public TokenFlow {
 public:
  ServiceAccountFlow(const model::Credentials& account, const TokenContext& context)
      : account_(account), origin_(context.places.google_oauth) {}

  Result<TokenRequest> next(UnixMillis now) override {
    const auto assertion = assertionOf(account_, now);
    if (!assertion) return noToken(assertion.error().message);
    return TokenRequest{origin_,
                        "POST",
                        "/token",
                        {{"Content-Type", kFormType}},
                        Secret(formOf({{"grant_type", kGrant}, {"assertion", *assertion}}))};
  }
  Result<std::optional<Token>> take(int status, std::string_view body, UnixMillis now) override {
    return readBearer("Google's token endpoint", status, body, now);
  }

 private:
  const model::Credentials account_;
  const http::Origin origin_;
};

class MetadataFlow final : public TokenFlow {
 public:
  explicit MetadataFlow(const TokenContext& context) : origin_(context.places.google_metadata) {}

  Result<TokenRequest> next(UnixMillis /*now*/) override {
    return TokenRequest{origin_,
                        "GET",
                        "/computeMetadata/v1/instance/service-accounts/default/token",
                        {{"Metadata-Flavor", "Google"}},
                        {}};
  }
  Result<std::optional<Token>> take(int status, std::string_view body, UnixMillis now) override {
    return readBearer("Google's metadata server", status, body, now);
  }

 private:
  const http::Origin origin_;
};

}  // namespace

std::unique_ptr<TokenFlow> googleFlow(const model::Provider& provider,
                                      const TokenContext& context) {
  if (provider.credentials.kind == model::CredentialKind::GoogleMetadata) {
    return std::make_unique<MetadataFlow>(context);
  }
  return std::make_unique<ServiceAccountFlow>(provider.credentials, context);
}

}  // namespace penstock::provider
