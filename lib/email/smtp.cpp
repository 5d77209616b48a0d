#include "email/smtp.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "base/base64.h"
#include "base/text.h"
#include "email/message.h"
#include "http/socket.h"

namespace penstock::email {
namespace {

constexpr size_t kMaxReason = 200;

Failure failed(std::string reason) { return {std::move(reason), false}; }

// What the server said, fit for a log: "550 no such user".
Failure refused(const std::string& command, const Reply& reply) {
  constexpr int kPermanent = 500;
  std::string text = command + ": " + std::to_string(reply.code);
  if (!reply.lines.empty()) text += " " + reply.lines.front();
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || (c & 0x80) != 0; }, '?');
  return {text.substr(0, kMaxReason), reply.code >= kPermanent};
}

// The first address; the resolver's threads may outlast the wait.
Outcome<http::SocketAddress> lookUp(http::Resolver& resolver, const Server& server,
                                    SteadyTime deadline, const std::function<bool()>& stopped) {
  auto answer = std::make_shared<std::promise<std::optional<http::SocketAddress>>>();
  auto waiting = answer->get_future();
  resolver.resolve(server.host, server.port, [answer](const auto& found) {
    answer->set_value(found && !found->empty() ? std::optional(found->front()) : std::nullopt);
  });
  while (waiting.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready) {
    if (stopped()) return failed("stopped");
    if (std::chrono::steady_clock::now() >= deadline) return failed("timeout");
  }
  const auto address = waiting.get();
  if (!address) return failed("there is no host " + server.host);
  return *address;
}

// The dialogue with one server about one mail.
class Session {
 public:
  Session(Wire wire, const Server& server, const http::TlsContext& tls)
      : wire_(std::move(wire)), server_(server), tls_(tls) {}

  Outcome<Unit> open() {
    if (auto up = wire_.handshake(); !up) return up;
    if (auto ready = expect("greeting", 220); !ready) return std::move(ready).error();
    if (auto greeted = greet(); !greeted) return greeted;
    if (auto secured = secure(); !secured) return secured;
    return server_.username.empty() ? Outcome<Unit>(Unit{}) : logIn();
  }

  Outcome<Unit> hand(const std::string& from, const std::string& to, std::string_view message) {
    if (auto taken = ask("MAIL FROM:<" + from + ">", "MAIL", 250); !taken) return taken;
    if (auto taken = ask("RCPT TO:<" + to + ">", "RCPT", 250); !taken) return taken;
    if (auto ready = ask("DATA", "DATA", 354); !ready) return ready;
    if (auto sent = wire_.send(stuffed(message)); !sent) return sent;
    if (auto taken = expect("message", 250); !taken) return std::move(taken).error();
    std::ignore = wire_.send("QUIT\r\n");
    return Unit{};
  }

 private:
  Outcome<Reply> expect(const std::string& what, int code) {
    auto reply = wire_.reply();
    if (reply && reply->code != code) return refused(what, *reply);
    return reply;
  }
  Outcome<Unit> ask(const std::string& command, const std::string& what, int code) {
    if (auto sent = wire_.send(command + "\r\n"); !sent) return sent;
    if (auto reply = expect(what, code); !reply) return std::move(reply).error();
    return Unit{};
  }

  // The name is of no meaning to a relay that knows us by login or address.
  Outcome<Unit> greet() {
    if (auto sent = wire_.send("EHLO localhost\r\n"); !sent) return sent;
    auto reply = expect("EHLO", 250);
    if (!reply) return std::move(reply).error();
    offers_ = reply->lines;
    return Unit{};
  }

  // The words after a keyword of the server's offer, or nothing: "AUTH PLAIN LOGIN".
  std::optional<std::string> offer(std::string_view keyword) const {
    for (const std::string& line : offers_) {
      const std::string_view word = std::string_view(line).substr(0, line.find_first_of(" ="));
      if (equalsIgnoreCase(word, keyword)) return asciiLower(line.substr(word.size())) + " ";
    }
    return std::nullopt;
  }

  Outcome<Unit> secure() {
    if (wire_.secure() || server_.start_tls == StartTls::Off) return Unit{};
    if (!offer("STARTTLS")) {
      if (server_.start_tls == StartTls::Auto) return Unit{};
      return failed("the server offers no STARTTLS");
    }
    if (auto ready = ask("STARTTLS", "STARTTLS", 220); !ready) return ready;
    if (auto secured = wire_.startTls(tls_, server_.host); !secured) return secured;
    return greet();
  }

  Outcome<Unit> logIn() {
    if (!wire_.secure() && server_.start_tls != StartTls::Off) {
      return failed("the server offers no STARTTLS, and the password goes over TLS only");
    }
    const std::string ways = offer("AUTH").value_or("");
    const std::string password(server_.password.reveal());
    const std::string nothing(1, '\0');
    if (ways.find(" plain ") != std::string::npos || ways.find("=plain ") != std::string::npos) {
      return tell("AUTH PLAIN " + encodeBase64(nothing + server_.username + nothing + password),
                  235);
    }
    if (ways.find(" login ") == std::string::npos) return failed("the server offers no login");
    if (auto asked = tell("AUTH LOGIN", 334); !asked) return asked;
    if (auto asked = tell(encodeBase64(server_.username), 334); !asked) return asked;
    return tell(encodeBase64(password), 235);
  }

  // The server's words are not repeated: they may repeat ours.
  Outcome<Unit> tell(const std::string& command, int code) {
    if (auto sent = wire_.send(command + "\r\n"); !sent) return sent;
    auto reply = wire_.reply();
    if (!reply) return std::move(reply).error();
    if (reply->code == code) return Unit{};
    return failed("the server refused the login: " + std::to_string(reply->code));
  }

  Wire wire_;
  const Server& server_;
  const http::TlsContext& tls_;
  std::vector<std::string> offers_;
};

}  // namespace

Outcome<Unit> deliver(const Server& server, const model::Email& email, UnixMillis now,
                      http::Resolver& resolver, const http::TlsContext& tls,
                      const std::function<bool()>& stopped) {
  const auto message = compose(email, server.from, now);
  if (!message) return Failure{message.error().message, true};
  const SteadyTime deadline = std::chrono::steady_clock::now() + server.timeout;
  const auto address = lookUp(resolver, server, deadline, stopped);
  if (!address) return address.error();
  auto socket = http::connectTo(*address);
  if (!socket) return failed("cannot connect");
  http::Transport transport = server.tls
                                  ? http::Transport::tlsClient(*std::move(socket), tls, server.host)
                                  : http::Transport(*std::move(socket));
  Session session(Wire(std::move(transport), deadline, stopped), server, tls);
  if (auto open = session.open(); !open) return open;
  return session.hand(addressOf(server.from), addressOf(email.recipient), *message);
}

}  // namespace penstock::email
