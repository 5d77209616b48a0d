// Microsoft Entra: an application by its secret or by a federated token, or the identity that Azure
// manages for the machine.
#include "base/percent.h"
#include "base/text.h"
#include "provider/token_flows.h"

namespace penstock::provider {
namespace {

constexpr std::string_view kScope = "https://cognitiveservices.azure.com/.default";
constexpr std::string_view kResource = "https://cognitiveservices.azure.com";
constexpr std::string_view kAssertionType =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

class ApplicationFlow final : public TokenFlow {
 public:
  ApplicationFlow(const model::Credentials& application, const TokenContext& context)
      : application_(application), context_(context) {}

  Result<TokenRequest> next(UnixMillis /*now*/) override {
    const bool federated = application_.kind == model::CredentialKind::EntraWorkload;
    const std::string tenant = orVariable(application_.tenant, "AZURE_TENANT_ID");
    const std::string client = orVariable(application_.id, "AZURE_CLIENT_ID");
    if (tenant.empty() || client.empty()) {
      return noToken(
          "tenant_id or client_id is not given, nor is $AZURE_TENANT_ID or "
          "$AZURE_CLIENT_ID");
    }
    auto form = federated ? federatedForm(client) : Result<std::string>(secretForm(client));
    if (!form) return std::move(form).error();
    return TokenRequest{context_.places.entra,
                        "POST",
                        "/" + percentEncode(tenant) + "/oauth2/v2.0/token",
                        {{"Content-Type", kFormType}},
                        Secret(*std::move(form))};
  }
  Result<std::optional<Token>> take(int status, std::string_view body, UnixMillis now) override {
    return readBearer("Microsoft Entra", status, body, now);
  }

 private:
  std::string orVariable(const std::string& given, const char* name) const {
    return given.empty() ? context_.variable(name) : given;
  }
  std::string secretForm(const std::string& client) const {
    return formOf({{"grant_type", "client_credentials"},
                   {"client_id", client},
                   {"client_secret", application_.secret.reveal()},
                   {"scope", kScope}});
  }
  // Read each time: Kubernetes renews it.
  Result<std::string> federatedForm(const std::string& client) const {
    const std::string path = context_.variable("AZURE_FEDERATED_TOKEN_FILE");
    const auto token = path.empty() ? std::nullopt : context_.file(path);
    if (!token) return noToken("the file that $AZURE_FEDERATED_TOKEN_FILE names cannot be read");
    return formOf({{"grant_type", "client_credentials"},
                   {"client_id", client},
                   {"client_assertion_type", kAssertionType},
                   {"client_assertion", *token},
                   {"scope", kScope}});
  }

  const model::Credentials application_;
  const TokenContext context_;
};

class ManagedIdentityFlow final : public TokenFlow {
 public:
  ManagedIdentityFlow(const model::Credentials& identity, const TokenContext& context)
      : client_id_(identity.id), origin_(context.places.azure_metadata) {}

  Result<TokenRequest> next(UnixMillis /*now*/) override {
    std::string path = "/metadata/identity/oauth2/token?" +
                       formOf({{"api-version", "2018-02-01"}, {"resource", kResource}});
    if (!client_id_.empty()) path += "&" + formOf({{"client_id", client_id_}});
    return TokenRequest{origin_, "GET", std::move(path), {{"Metadata", "true"}}, {}};
  }
  Result<std::optional<Token>> take(int status, std::string_view body, UnixMillis now) override {
    return readBearer("Azure's metadata service", status, body, now);
  }

 private:
  const std::string client_id_;
  const http::Origin origin_;
};

}  // namespace

std::unique_ptr<TokenFlow> entraFlow(const model::Provider& provider, const TokenContext& context) {
  if (provider.credentials.kind == model::CredentialKind::ManagedIdentity) {
    return std::make_unique<ManagedIdentityFlow>(provider.credentials, context);
  }
  return std::make_unique<ApplicationFlow>(provider.credentials, context);
}

}  // namespace penstock::provider
