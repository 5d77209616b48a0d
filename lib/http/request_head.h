#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"

namespace penstock::http {

// Of all pieces together.
uint64_t bytesOf(const std::vector<std::string_view>& pieces);

// A request's head as it goes out: nothing that a caller put into the path or a header ends it
// early, and the headers that are the client's own are only ours. Private to http/.
std::string requestHead(const ClientRequest& request);

}  // namespace penstock::http
