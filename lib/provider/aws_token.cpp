// AWS: a role for a web identity (IRSA), the container's endpoint, or the instance's metadata
// service, version 2.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "json/document.h"
#include "provider/retry_after.h"
#include "provider/token_flows.h"

namespace penstock::provider {
namespace {

Result<std::optional<Token>> tokenOf(std::string_view from, std::string_view id,
                                     std::string_view secret, std::string_view session,
                                     std::string_view expires) {
  const auto expires_at = parseDate(expires);
  if (id.empty() || secret.empty() || session.empty() || !expires_at) {
    return noToken(std::string(from) + " answered without credentials");
  }
  return std::optional(Token{{.form = Credential::Form::Aws,
                              .secret = Secret(std::string(secret)),
                              .access_key_id = std::string(id),
                              .session_token = Secret(std::string(session))},
                             *expires_at});
}

// {"AccessKeyId","SecretAccessKey","Token","Expiration"}, as both metadata services answer.
Result<std::optional<Token>> readMetadata(std::string_view from, int status,
                                          std::string_view body) {
  if (status != 200) return tokenRefused(from, status, body);
  const auto document = json::parse(body);
  if (!document) return noToken(std::string(from) + " answered without credentials");
  const auto at = [&](const char* key) { return document->root().stringAt(key).value_or(""); };
  return tokenOf(from, at("AccessKeyId"), at("SecretAccessKey"), at("Token"), at("Expiration"));
}

// The text of the first element of that name: STS's answer is flat enough, and holds no entities
// where we look.
std::string_view elementOf(std::string_view xml, const std::string& name) {
  const size_t open = xml.find("<" + name + ">");
  if (open == std::string_view::npos) return {};
  const std::string_view rest = xml.substr(open + name.size() + 2);
  const size_t close = rest.find("</" + name + ">");
  return close == std::string_view::npos ? std::string_view() : rest.substr(0, close);
}

// AssumeRoleWithWebIdentity: the token says who asks, so nothing is signed.
class WebIdentityFlow final : public TokenFlow {
 public:
  WebIdentityFlow(const model::Provider& provider, const TokenContext& context)
      : role_(provider.credentials.role), region_(regionOf(provider)), context_(context) {}

  Result<TokenRequest> next(UnixMillis /*now*/) override {
    const std::string role = role_.empty() ? context_.variable("AWS_ROLE_ARN") : role_;
    const std::string path = context_.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto token = path.empty() ? std::nullopt : context_.file(path);
    if (role.empty()) return noToken("role_arn is not given, nor is $AWS_ROLE_ARN");
    if (!token) return noToken("the file that $AWS_WEB_IDENTITY_TOKEN_FILE names cannot be read");
    return TokenRequest{context_.places.sts.value_or(stsOf(region_)),
                        "POST",
                        "/",
                        {{"Content-Type", kFormType}},
                        Secret(formOf({{"Action", "AssumeRoleWithWebIdentity"},
                                       {"Version", "2011-06-15"},
                                       {"RoleArn", role},
                                       {"RoleSessionName", "penstock"},
                                       {"WebIdentityToken", *token}}))};
  }
  Result<std::optional<Token>> take(int status, std::string_view body,
                                    UnixMillis /*now*/) override {
    const std::string_view from = "AWS STS";
    if (status != 200) return refused(status, elementOf(body, "Code"));
    return tokenOf(from, elementOf(body, "AccessKeyId"), elementOf(body, "SecretAccessKey"),
                   elementOf(body, "SessionToken"), elementOf(body, "Expiration"));
  }

 private:
  static http::Origin stsOf(const std::string& region) {
    std::string host = region.empty() ? "sts.amazonaws.com" : "sts." + region + ".amazonaws.com";
    if (region.starts_with("cn-")) host += ".cn";
    return {http::Origin::Scheme::Https, host, 443, false, host};
  }
  static ApiError refused(int status, std::string_view code) {
    const bool plain = code.size() <= 64 && std::ranges::all_of(code, [](char c) {
                         return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                       });
    std::string why = "AWS STS answered " + std::to_string(status);
    if (plain && !code.empty()) why.append(" ").append(code);
    return noToken(std::move(why));
  }

  const std::string role_, region_;
  const TokenContext context_;
};

class ContainerFlow final : public TokenFlow {
 public:
  explicit ContainerFlow(const TokenContext& context) : context_(context) {}

  Result<TokenRequest> next(UnixMillis /*now*/) override {
    TokenRequest request;
    if (const std::string path = context_.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        path.starts_with('/')) {
      request.origin = {http::Origin::Scheme::Http, "169.254.170.2", 80, true, "169.254.170.2"};
      request.path = path;
    } else if (!useFullUri(request)) {
      return noToken(
          "this machine has no $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, and no "
          "$AWS_CONTAINER_CREDENTIALS_FULL_URI that may be asked");
    }
    if (const std::string token = authorization(); !token.empty()) {
      request.headers.add("Authorization", token);
    }
    return request;
  }
  Result<std::optional<Token>> take(int status, std::string_view body,
                                    UnixMillis /*now*/) override {
    return readMetadata("the container's credential endpoint", status, body);
  }

 private:
  // As AWS's SDKs have it: over plain HTTP only these hosts may be asked.
  bool useFullUri(TokenRequest& request) const {
    constexpr std::array<std::string_view, 5> kHosts = {"169.254.170.2", "169.254.170.23",
                                                        "fd00:ec2::23", "127.0.0.1", "::1"};
    auto url = http::parseBaseUrl(context_.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
    if (!url) return false;
    const bool local = std::ranges::find(kHosts, url->origin.host) != kHosts.end();
    if (!local && url->origin.scheme != http::Origin::Scheme::Https) return false;
    request.origin = std::move(url->origin);
    request.origin.allow_private = local;
    request.path = url->path.empty() ? "/" : url->path;
    return true;
  }
  std::string authorization() const {
    const std::string path = context_.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    if (path.empty()) return context_.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    return context_.file(path).value_or("");
  }

  const TokenContext context_;
};

// Three exchanges: a session, the role's name, its credentials.
class InstanceFlow final : public TokenFlow {
 public:
  explicit InstanceFlow(const TokenContext& context) : origin_(context.places.aws_metadata) {}

  Result<TokenRequest> next(UnixMillis /*now*/) override {
    if (session_.empty()) {
      return TokenRequest{origin_,
                          "PUT",
                          "/latest/api/token",
                          {{"X-aws-ec2-metadata-token-ttl-seconds", "300"}},
                          {}};
    }
    return TokenRequest{
        origin_, "GET", kPath + role_, {{"X-aws-ec2-metadata-token", session_}}, {}};
  }
  Result<std::optional<Token>> take(int status, std::string_view body,
                                    UnixMillis /*now*/) override {
    constexpr std::string_view kFrom = "the instance's metadata service";
    if (status != 200) return tokenRefused(kFrom, status, body);
    if (!session_.empty() && !role_.empty()) return readMetadata(kFrom, status, body);
    const std::string_view line = trim(body.substr(0, body.find('\n')));
    if (!isSendable(line)) return noToken(std::string(kFrom) + " has no role for this machine");
    (session_.empty() ? session_ : role_) = line;
    return std::optional<Token>();
  }

 private:
  inline static const std::string kPath = "/latest/meta-data/iam/security-credentials/";
  const http::Origin origin_;
  std::string session_, role_;
};

}  // namespace

std::unique_ptr<TokenFlow> awsFlow(const model::Provider& provider, const TokenContext& context) {
  using Kind = model::CredentialKind;
  const Kind kind = provider.credentials.kind;
  if (kind == Kind::AwsContainer) return std::make_unique<ContainerFlow>(context);
  if (kind == Kind::AwsInstance) return std::make_unique<InstanceFlow>(context);
  return std::make_unique<WebIdentityFlow>(provider, context);
}

}  // namespace penstock::provider
