#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "model/credentials.h"

namespace penstock::model {

// What some vendors want to know beside an address. Empty: not given.
struct ProviderSettings {
  std::string region;    // bedrock
  std::string project;   // vertex
  std::string location;  // vertex; a region, or "global"
  // azure_openai: a date means the classic API, else "v1" or "preview"; anthropic: its date.
  std::string api_version;
  // azure_openai: deployments by the models that they serve; others are asked by their own name.
  std::map<std::string, std::string, std::less<>> deployments;
  bool operator==(const ProviderSettings&) const = default;
};

// A provider credential: a vendor's dialect at a base URL with a key. `api_key` and the secrets of
// `credentials` are decrypted and live in memory only; the store holds them as AES-256-GCM.
struct Provider {
  std::string id;      // prov_…
  std::string vendor;  // a Vendor's id
  std::string name;  // unique slug among live providers; usable as the left side of provider/model
  std::optional<std::string> base_url;  // absent: the vendor's own
  Secret api_key;
  Credentials credentials;
  ProviderSettings settings;
  bool allow_private = false;  // JSON "private": may live on a loopback or private address
  bool is_default = false;     // what vendor/model and bare names use; one per vendor
  std::string default_model;   // what @default asks for when this provider serves it; may be empty
  std::string quota_group;     // shares its provider's limits with others of the same; may be empty
  std::optional<int64_t> max_concurrency;         // requests under way at once
  std::optional<int64_t> probe_interval_seconds;  // between active checks; absent: none
  UnixMillis created_at = 0;
  UnixMillis updated_at = 0;
  bool operator==(const Provider&) const = default;
};

}  // namespace penstock::model
