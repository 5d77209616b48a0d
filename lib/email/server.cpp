#include "email/server.h"

#include "base/text.h"

namespace penstock::email {
namespace {

ApiError wrong(const std::string& message) {
  return {ErrorKind::InvalidRequest, "invalid_smtp_url",
          "the SMTP URL " + message + "; it looks like smtp://user@mail.example.com:587"};
}

}  // namespace

Result<Server> parseServer(std::string_view url) {
  Server server;
  if (url.starts_with("smtps://")) {
    server.tls = true;
    server.port = 465;
  } else if (!url.starts_with("smtp://")) {
    return wrong("must begin with smtp:// or smtps://");
  }
  url.remove_prefix(url.find("//") + 2);
  if (url.ends_with('/')) url.remove_suffix(1);
  if (const size_t at = url.rfind('@'); at != std::string_view::npos) {
    const auto user = percentDecode(url.substr(0, at));
    // It would show in the process list and in configuration files.
    if (!user || user->find(':') != std::string::npos) return wrong("must not hold a password");
    server.username = *user;
    url.remove_prefix(at + 1);
  }
  const bool literal = url.starts_with('[');
  const size_t colon = literal ? url.find("]:") : url.rfind(':');
  std::string_view host = url;
  if (colon != std::string_view::npos) {
    const auto port = parseUnsigned(url.substr(colon + (literal ? 2 : 1)));
    if (!port || *port == 0 || *port > 65'535) return wrong("has a port that is none");
    server.port = static_cast<uint16_t>(*port);
    host = url.substr(0, literal ? colon + 1 : colon);
  }
  if (literal && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("/?#[]@ \t\r\n") != std::string_view::npos) {
    return wrong("names no host");
  }
  server.host = host;
  return server;
}

}  // namespace penstock::email
