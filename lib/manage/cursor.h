#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock::manage {

// Cursors are opaque to callers: base64url of the list's name, ':' and the place in its order (the
// last id given, so pages are stable under inserts). A cursor of another list is refused.
std::string encodeCursor(std::string_view list, std::string_view place);
std::optional<std::string> decodeCursor(std::string_view list, std::string_view cursor);

}  // namespace penstock::manage
