#include "base/text.h"
#include "http/address.h"
#include "http/client.h"

namespace penstock::http {
namespace {

ApiError invalid(std::string message) {
  return {ErrorKind::Unprocessable, "invalid_base_url", std::move(message), "/base_url"};
}

bool isHostName(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  if (host.front() == '.' || host.back() == '.' || host.find("..") != std::string_view::npos)
    return false;
  for (const char c : host) {
    const char lower = asciiLower(c);
    if ((lower < 'a' || lower > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_')
      return false;
  }
  return true;
}

// "127.1", "0x7f.0xa" and the like: getaddrinfo would take them for addresses.
bool looksLikeNumber(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return last.starts_with("0x") || (last.back() >= '0' && last.back() <= '9');
}

bool isPath(std::string_view path) {
  for (const char c : path) {
    if (c <= 0x20 || c >= 0x7f || c == '?' || c == '#' || c == '\\' || c == '"' || c == '<' ||
        c == '>')
      return false;
  }
  return path.find("/../") == std::string_view::npos && !path.ends_with("/..");
}

// host[:port] or [v6][:port]. False when malformed.
bool parseAuthority(std::string_view authority, Origin& origin) {
  std::string_view port_text;
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == std::string_view::npos) return false;
    origin.host = asciiLower(authority.substr(1, end - 1));
    if (!parseAddress(origin.host, 0) || origin.host.find(':') == std::string::npos) return false;
    port_text = authority.substr(end + 1);
  } else {
    const size_t colon = authority.find(':');
    origin.host = asciiLower(authority.substr(0, colon));
    if (!isHostName(origin.host)) return false;
    if (looksLikeNumber(origin.host) && !parseAddress(origin.host, 0)) return false;
    port_text = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
  }
  if (port_text.empty()) return true;
  const auto port = parseUnsigned(port_text.substr(1));
  if (port_text.front() != ':' || !port || *port == 0 || *port > 65535) return false;
  origin.port = static_cast<uint16_t>(*port);
  return true;
}

}  // namespace

Result<BaseUrl> parseBaseUrl(std::string_view url) {
  BaseUrl result;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    result.origin.scheme = Origin::Scheme::Http;
    result.origin.port = 80;
  } else {
    return invalid("base_url must start with https:// or http://");
  }
  const size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  if (!parseAuthority(authority, result.origin)) {
    return invalid("base_url must be SCHEME://HOST[:PORT][/PATH] without user info");
  }
  result.origin.host_header = asciiLower(authority);
  if (slash != std::string_view::npos) {
    std::string_view path = rest.substr(slash);
    while (path.ends_with('/')) path.remove_suffix(1);
    if (!isPath(path)) return invalid("base_url must not hold a query, a fragment or '..'");
    result.path = path;
  }
  return result;
}

}  // namespace penstock::http
