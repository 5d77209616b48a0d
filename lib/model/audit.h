#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/digest.h"

namespace penstock::model {

// Who did something.
struct Actor {
  std::string type;   // "management_key", "system"; "user" and "scim" are for later surfaces
  std::string id;     // mkey_…, or empty for the system
  std::string email;  // of the member whose key it is, or empty
  bool operator==(const Actor&) const = default;
};

// One entry of the audit log: what was done to one resource. `before` and `after` are JSON as the
// API shows the resource, which holds no secrets.
struct AuditEntry {
  int64_t seq = 0;
  std::string id;  // aud_…
  UnixMillis created_at = 0;
  Actor actor;
  std::string action;  // "routing_config.updated"
  std::string resource_type, resource_id;
  std::string project_id;  // empty: of the whole organization
  std::string ip, user_agent, request_id;
  std::optional<std::string> before, after;
  Sha256 previous_hash{};
  Sha256 hash{};
  bool operator==(const AuditEntry&) const = default;
};

}  // namespace penstock::model
