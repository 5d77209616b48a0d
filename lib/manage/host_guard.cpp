#include "manage/host_guard.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"
#include "http/address.h"

namespace penstock::manage {
namespace {

// The name or address of "name", "name:port", "1.2.3.4:port" or "[::1]:port".
std::string_view hostOf(std::string_view header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

bool isLocal(std::string_view host) { return host == "localhost" || host.ends_with(".localhost"); }

}  // namespace

std::optional<ApiError> refuseHost(const http::Request& request,
                                   const std::vector<std::string>& allowed) {
  const std::string_view header = request.headers.get("Host");
  if (header.empty()) return std::nullopt;  // HTTP/1.0; no browser sends it
  std::string host = asciiLower(hostOf(trim(header)));
  if (host.ends_with('.')) host.pop_back();
  if (isLocal(host) || http::parseAddress(host, 0) ||
      std::find(allowed.begin(), allowed.end(), host) != allowed.end()) {
    return std::nullopt;
  }
  return ApiError{ErrorKind::Forbidden, "host_not_allowed",
                  "the management API is not served under this Host; start with --manage-host NAME "
                  "to allow it",
                  "Host"};
}

}  // namespace penstock::manage
