#include "webhook/url.h"

namespace penstock::webhook {
namespace {

constexpr size_t kMaxUrl = 2048;

ApiError invalid(std::string message) {
  return {ErrorKind::Unprocessable, "invalid_url", std::move(message), "/url"};
}

bool isPrintable(std::string_view text) {
  for (const char c : text) {
    if (c <= 0x20 || c >= 0x7f || c == '#' || c == '\\' || c == '"' || c == '<' || c == '>')
      return false;
  }
  return true;
}

}  // namespace

Result<Target> parseUrl(std::string_view url) {
  if (url.size() > kMaxUrl) return invalid("url must not be longer than 2048 characters");
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return invalid("url must be an http or https URL");
  const size_t rest = url.find_first_of("/?", scheme_end + 3);
  const std::string_view base = url.substr(0, rest);
  // The parser of base URLs judges scheme and authority; paths it would trim, queries refuse.
  auto parsed = http::parseBaseUrl(base);
  if (!parsed) {
    return invalid("url must be http:// or https://, a host, and no user info");
  }
  Target target{std::move(parsed->origin), "/"};
  if (rest == std::string_view::npos) return target;
  const std::string_view path = url.substr(rest);
  if (!isPrintable(path)) return invalid("url must not hold spaces, quotes or a fragment");
  target.path = path.front() == '?' ? "/" + std::string(path) : std::string(path);
  return target;
}

}  // namespace penstock::webhook
