#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/role.h"

namespace penstock::model {

// A person of the organization. What members do, they do with management keys that are theirs.
struct Member {
  std::string id;  // mem_…
  std::string organization_id;
  std::string email;  // in lower case
  std::string name;
  Role role = Role::Viewer;
  std::vector<std::string> project_ids;  // what a member or viewer is confined to; empty: all
  UnixMillis created_at = 0;
  std::optional<UnixMillis> removed_at;
  bool operator==(const Member&) const = default;
};

}  // namespace penstock::model
