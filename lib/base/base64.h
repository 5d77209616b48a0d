#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// The URL's alphabet (RFC 4648, 5), without padding.
std::string base64Url(std::string_view bytes);
// Its inverse; nothing where a character is not of the alphabet.
std::optional<std::string> fromBase64Url(std::string_view text);

}  // namespace penstock
