#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "model/role.h"

namespace penstock::model {

// A project ("proxy") key, mlx_sk_…. Only the hash of the plaintext exists after creation.
struct ApiKey {
  std::string id;  // key_…
  std::string project_id;
  std::string name;
  std::string description;
  Sha256 hash{};
  std::string prefix;  // "mlx_sk_" and the first four characters after it, for lists
  std::string last_four;
  std::optional<int64_t> rate_limit_rpm;  // requests a minute; absent means the default
  // What `model` of a request may say: names, or prefixes that end in '*' ("@production",
  // "openai/*"). Empty allows all.
  std::vector<std::string> allowed_models;
  std::vector<std::string> ip_allowlist;  // addresses and CIDR ranges; empty allows all
  // Whether its requests may bring the caller's own key for their provider.
  bool allow_provider_keys = false;
  std::optional<UnixMillis> expires_at;
  std::optional<UnixMillis> revoked_at;
  UnixMillis created_at = 0;
  // The secret before the last rotation, while that allows it.
  std::optional<Sha256> previous_hash;
  std::optional<UnixMillis> previous_expires_at;
  bool operator==(const ApiKey&) const = default;
};

// A management key, mlx_mk_….
struct ManagementKey {
  std::string id;  // mkey_…
  std::string organization_id;
  std::string name;
  std::string description;
  Role role = Role::Viewer;
  // Members and viewers may be confined to some projects; empty means all.
  std::vector<std::string> project_ids;
  std::optional<std::string> member_id;   // whose key it is; it may no more than that member
  std::optional<int64_t> rate_limit_rpm;  // requests a minute; absent means the default
  std::vector<std::string> ip_allowlist;
  Sha256 hash{};
  std::string prefix;
  std::string last_four;
  std::optional<UnixMillis> expires_at;
  std::optional<UnixMillis> revoked_at;
  UnixMillis created_at = 0;
  std::optional<Sha256> previous_hash;
  std::optional<UnixMillis> previous_expires_at;
  bool operator==(const ManagementKey&) const = default;
};

}  // namespace penstock::model
