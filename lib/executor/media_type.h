#pragma once

#include <string>
#include <string_view>

namespace penstock::executor {

// What a file is: by its first bytes where these tell, else as its sender says, else text or bytes.
// Senders are often wrong about pictures, and many say nothing but "application/octet-stream".
std::string mediaTypeOf(std::string_view content, std::string_view declared);

}  // namespace penstock::executor
