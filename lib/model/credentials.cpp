#include "model/credentials.h"

#include <algorithm>
#include <array>

namespace penstock::model {
namespace {

using Kind = CredentialKind;

constexpr CredentialField kAwsKeys[] = {
    {.name = "access_key_id", .text = &Credentials::id, .required = true},
    {.name = "secret_access_key", .secret = &Credentials::secret, .required = true},
    {.name = "session_token", .secret = &Credentials::session_token}};
constexpr CredentialField kWebIdentity[] = {{.name = "role_arn", .text = &Credentials::role}};
constexpr CredentialField kServiceAccount[] = {
    {.name = "client_email", .text = &Credentials::id, .required = true},
    {.name = "private_key_id", .text = &Credentials::key_id},
    {.name = "private_key", .secret = &Credentials::secret, .required = true}};
constexpr CredentialField kEntraClient[] = {
    {.name = "tenant_id", .text = &Credentials::tenant, .required = true},
    {.name = "client_id", .text = &Credentials::id, .required = true},
    {.name = "client_secret", .secret = &Credentials::secret, .required = true}};
constexpr CredentialField kEntraWorkload[] = {{.name = "tenant_id", .text = &Credentials::tenant},
                                              {.name = "client_id", .text = &Credentials::id}};
constexpr CredentialField kManagedIdentity[] = {{.name = "client_id", .text = &Credentials::id}};

// In the order of the enum.
constexpr std::array<CredentialForm, 10> kForms = {{
    {Kind::ApiKey, "api_key", {}},
    {Kind::AwsKeys, "aws_keys", kAwsKeys},
    {Kind::AwsWebIdentity, "aws_web_identity", kWebIdentity, true},
    {Kind::AwsContainer, "aws_container", {}, true},
    {Kind::AwsInstance, "aws_instance", {}, true},
    {Kind::ServiceAccount, "service_account", kServiceAccount},
    {Kind::GoogleMetadata, "google_metadata", {}, true},
    {Kind::EntraClient, "entra_client", kEntraClient},
    {Kind::EntraWorkload, "entra_workload", kEntraWorkload, true},
    {Kind::ManagedIdentity, "managed_identity", kManagedIdentity, true},
}};

}  // namespace

std::span<const CredentialForm> credentialForms() { return kForms; }

const CredentialForm& credentialForm(CredentialKind kind) {
  return kForms[static_cast<size_t>(kind)];
}

const CredentialForm* findCredentialForm(std::string_view name) {
  const auto* const found = std::ranges::find(kForms, name, &CredentialForm::name);
  return found == kForms.end() ? nullptr : found;
}

}  // namespace penstock::model
