#include "model/role.h"

namespace penstock::model {

std::string_view roleName(Role role) {
  switch (role) {
    case Role::Owner: return "owner";
    case Role::Admin: return "admin";
    case Role::Member: return "member";
    case Role::Viewer: return "viewer";
  }
  return "viewer";
}

std::optional<Role> parseRole(std::string_view name) {
  for (const Role role : {Role::Owner, Role::Admin, Role::Member, Role::Viewer}) {
    if (roleName(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace penstock::model
