#pragma once

#include <string>
#include <string_view>

namespace penstock {

// %XX of every byte but A-Z a-z 0-9 - . _ ~ (RFC 3986's unreserved ones), in upper case. For path
// segments, query values and forms; a '/' is encoded too.
std::string percentEncode(std::string_view text);

}  // namespace penstock
