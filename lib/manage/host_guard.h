#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace penstock::manage {

// Against DNS rebinding, by which a web page makes its own name mean this listener: a Host that is
// neither an address, nor localhost, nor one of `allowed` (names in lower case) is refused with 403
// host_not_allowed. No decision about rights is made from it.
std::optional<ApiError> refuseHost(const http::Request& request,
                                   const std::vector<std::string>& allowed);

}  // namespace penstock::manage
