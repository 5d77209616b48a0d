#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
  std::optional<UnixMillis> expires_at;
  std::optional<UnixMillis> revoked_at;
  UnixMillis created_at = 0;
  bool operator==(const ApiKey&) const = default;
};

// A management key, mlx_mk_….
struct ManagementKey {
  std::string id;  // mkey_…
  std::string organization_id;
  std::string name;
  Role role = Role::Viewer;
  Sha256 hash{};
  std::string prefix;
  std::string last_four;
  std::optional<UnixMillis> expires_at;
  std::optional<UnixMillis> revoked_at;
  UnixMillis created_at = 0;
  bool operator==(const ManagementKey&) const = default;
};

}  // namespace penstock::model
