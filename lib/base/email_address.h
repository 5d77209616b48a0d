#pragma once

#include <string_view>

namespace penstock {

// Whether it is one plain address, "ann@example.com": ASCII, at most 254 bytes (RFC 5321), without
// quotes, comments, lists or anything that could end a mail's head.
bool isEmailAddress(std::string_view text);

}  // namespace penstock
