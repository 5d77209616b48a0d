#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace penstock::email {

enum class StartTls : uint8_t {
  Auto,      // when the server offers it; without it no password is sent
  Required,  // or nothing is sent
  Off,       // in the clear, password included
};

// The relay that takes our mail.
struct Server {
  std::string host;
  uint16_t port = 587;
  bool tls = false;  // from the first byte (smtps)
  StartTls start_tls = StartTls::Auto;
  std::string username;  // empty: no login
  Secret password;
  std::string from;  // "penstock@example.com" or "Penstock <penstock@example.com>"
  std::chrono::milliseconds timeout{30'000};  // of a whole mail
};

// "smtp://[user@]host[:port]" (587) or "smtps://…" (465): everything of a server but the password
// and `from`. InvalidRequest with a message for the operator.
Result<Server> parseServer(std::string_view url);

}  // namespace penstock::email
