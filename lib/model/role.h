#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::model {

// What a management key or member may do, from most to least (spec/modelux.md 13.36).
enum class Role : uint8_t { Owner, Admin, Member, Viewer };

std::string_view roleName(Role role);
std::optional<Role> parseRole(std::string_view name);

}  // namespace penstock::model
