#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/transport.h"

namespace penstock::email {

// Why a mail was not taken.
struct Failure {
  std::string reason;      // for people and the store; holds nothing secret
  bool permanent = false;  // trying again is of no use
};
template <typename T>
using Outcome = Result<T, Failure>;

// A reply of an SMTP server.
struct Reply {
  int code = 0;
  std::vector<std::string> lines;  // without the codes
};

// Lines to and from an SMTP server, blocking until a deadline, or until `stopped` answers true,
// which it is asked often. Used by one thread.
class Wire {
 public:
  Wire(http::Transport transport, SteadyTime deadline, const std::function<bool()>& stopped)
      : transport_(std::move(transport)), deadline_(deadline), stopped_(stopped) {}

  // The connection is up, and secure if it is to be.
  Outcome<Unit> handshake();
  Outcome<Reply> reply();
  Outcome<Unit> send(std::string_view bytes);
  // Goes on over TLS; what was received and not read is forgotten.
  Outcome<Unit> startTls(const http::TlsContext& context, const std::string& host);
  bool secure() const { return transport_.secure(); }

 private:
  enum class For : unsigned char { Reading, Writing };
  Outcome<Unit> wait(For what);
  Outcome<std::string> line();

  http::Transport transport_;
  const SteadyTime deadline_;
  const std::function<bool()>& stopped_;
  std::string received_;
};

}  // namespace penstock::email
