#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace penstock::model {

// Where what authenticates a provider's calls comes from.
enum class CredentialKind : uint8_t {
  ApiKey,           // the provider's api_key, or nothing
  AwsKeys,          // an access key, with a session token where it is temporary
  AwsWebIdentity,   // IRSA: a role for the token in a file
  AwsContainer,     // ECS tasks, EKS pod identity
  AwsInstance,      // the role of the EC2 instance
  ServiceAccount,   // a Google service account's private key
  GoogleMetadata,   // the account of the GCE instance or GKE pod
  EntraClient,      // an application's secret
  EntraWorkload,    // an application for the token in a file
  ManagedIdentity,  // of the Azure machine
};

// What the kind needs beside the api_key. The secrets are decrypted and live in memory only. Which
// member is what, by kind:
//   AwsKeys         id: access key id; secret; session_token
//   AwsWebIdentity  role: its ARN, absent: $AWS_ROLE_ARN
//   ServiceAccount  id: e-mail; key_id: of the private key; secret: private key, PEM
//   EntraClient     tenant, id: of the application; secret
//   EntraWorkload   tenant, id; absent: $AZURE_TENANT_ID, $AZURE_CLIENT_ID
//   ManagedIdentity id: of a user-assigned one; absent: the system's
struct Credentials {
  CredentialKind kind = CredentialKind::ApiKey;
  std::string id, key_id, role, tenant;
  Secret secret, session_token;
  bool operator==(const Credentials&) const = default;
};

// The members of a kind, as the API and the store name them.
struct CredentialField {
  std::string_view name;
  std::string Credentials::*text = nullptr;  // one of these two
  Secret Credentials::*secret = nullptr;
  bool required = false;
};
struct CredentialForm {
  CredentialKind kind;
  std::string_view name;
  std::span<const CredentialField> fields;
  // Comes from the machine that the gateway runs on, not from whoever configures the provider.
  bool ambient = false;
};
std::span<const CredentialForm> credentialForms();
const CredentialForm& credentialForm(CredentialKind kind);
const CredentialForm* findCredentialForm(std::string_view name);

}  // namespace penstock::model
