#include "gateway/mail.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "email/sender.h"

namespace penstock {
namespace {

// Without the line end that editors leave.
Secret readPassword(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the SMTP password file " + path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return Secret(std::move(text));
}

email::StartTls startTlsOf(const std::string& name) {
  if (name == "required") return email::StartTls::Required;
  if (name == "off") return email::StartTls::Off;
  if (name == "auto") return email::StartTls::Auto;
  throw std::runtime_error("smtp_starttls must be auto, required or off");
}

}  // namespace

std::optional<email::Server> mailServer(const GatewayOptions& options) {
  if (options.smtp_url.empty()) return std::nullopt;
  auto server = email::parseServer(options.smtp_url);
  if (!server) throw std::runtime_error(server.error().message);
  server->from = options.smtp_from;
  server->start_tls = startTlsOf(options.smtp_starttls);
  server->password = options.smtp_password_file.empty() ? Secret(options.smtp_password)
                                                        : readPassword(options.smtp_password_file);
  if (auto good = email::Sender::check(*server); !good) {
    throw std::runtime_error(good.error().message);
  }
  return *std::move(server);
}

}  // namespace penstock
