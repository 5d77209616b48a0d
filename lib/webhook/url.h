#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace penstock::webhook {

// An endpoint's URL taken apart: where to connect, and what to ask for there.
struct Target {
  http::Origin origin;  // allow_private is not set here
  std::string path;     // with query; may hold a secret, so it is never logged
};

// Unprocessable/"invalid_url" with param /url for anything but http(s)://HOST[:PORT][/PATH][?QUERY]
// of at most 2048 printable characters: no user info, no fragment.
Result<Target> parseUrl(std::string_view url);

}  // namespace penstock::webhook
