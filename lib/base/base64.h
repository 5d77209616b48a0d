#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// The standard alphabet with padding (RFC 4648, 4).
std::string encodeBase64(std::string_view bytes);
// Nothing where the text is no such encoding, line breaks included. Padding may be left out.
std::optional<std::string> decodeBase64(std::string_view text);

// The URL's alphabet (RFC 4648, 5), without padding.
std::string base64Url(std::string_view bytes);
// Its inverse; nothing where a character is not of the alphabet.
std::optional<std::string> fromBase64Url(std::string_view text);

}  // namespace penstock
