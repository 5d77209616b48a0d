#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

// The standard alphabet with padding (RFC 4648, 4).
std::string encodeBase64(std::string_view bytes);

// Nothing where the text is no such encoding, line breaks included. Padding may be left out.
std::optional<std::string> decodeBase64(std::string_view text);

}  // namespace penstock
