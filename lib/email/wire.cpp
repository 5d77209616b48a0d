#include "email/wire.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/text.h"

namespace penstock::email {
namespace {

constexpr size_t kMaxLine = 4096;
constexpr size_t kMaxLines = 128;
constexpr auto kSlice = std::chrono::milliseconds(100);

Failure failed(std::string reason) { return {std::move(reason), false}; }

// That a line of a reply begins with; negative: with none.
int replyCode(std::string_view line) {
  const auto code = parseUnsigned(line.substr(0, 3));
  return line.size() < 3 || !code ? -1 : static_cast<int>(*code);
}

}  // namespace

// A handshake may want either direction: it is asked again after a slice, whatever happened.
Outcome<Unit> Wire::wait(For what) {
  if (stopped_()) return failed("stopped");
  const auto left = deadline_ - std::chrono::steady_clock::now();
  if (left <= left.zero()) return failed("timeout");
  const auto slice = std::min<std::chrono::steady_clock::duration>(left, kSlice);
  pollfd waiting{transport_.fd(), static_cast<short>(what == For::Reading ? POLLIN : POLLOUT), 0};
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(slice).count();
  ::poll(&waiting, 1, static_cast<int>(millis) + 1);
  return Unit{};
}

Outcome<Unit> Wire::handshake() {
  while (true) {
    pollfd ready{transport_.fd(), POLLOUT, 0};
    if (::poll(&ready, 1, 0) == 1) {
      if (const int error = http::pendingError(transport_.fd()); error != 0) {
        return failed("cannot connect");
      }
      break;
    }
    if (auto waited = wait(For::Writing); !waited) return waited;
  }
  while (transport_.secure() && transport_.handshaking()) {
    const http::IoState state = transport_.handshake();
    if (state == http::IoState::Ok) break;
    if (state != http::IoState::WouldBlock) return failed("TLS: " + transport_.failure());
    if (auto waited = wait(For::Reading); !waited) return waited;
  }
  return Unit{};
}

Outcome<Unit> Wire::startTls(const http::TlsContext& context, const std::string& host) {
  received_.clear();
  transport_ = http::Transport::startTls(std::move(transport_), context, host);
  return handshake();
}

Outcome<Unit> Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    const http::IoResult sent = transport_.write({&piece, 1});
    if (sent.state == http::IoState::Closed || sent.state == http::IoState::Failed) {
      return failed("the server closed the connection");
    }
    bytes.remove_prefix(sent.bytes);
    if (bytes.empty()) break;
    if (auto waited = wait(For::Writing); !waited) return waited;
  }
  return Unit{};
}

Outcome<std::string> Wire::line() {
  while (true) {
    if (const size_t end = received_.find('\n'); end != std::string::npos) {
      std::string text = received_.substr(0, end);
      received_.erase(0, end + 1);
      if (text.ends_with('\r')) text.pop_back();
      return text;
    }
    if (received_.size() > kMaxLine) return failed("the server's reply is too long");
    std::array<char, 1024> buffer{};
    const http::IoResult got = transport_.read(buffer.data(), buffer.size());
    if (got.state == http::IoState::Closed || got.state == http::IoState::Failed) {
      return failed("the server closed the connection");
    }
    received_.append(buffer.data(), got.bytes);
    if (got.state == http::IoState::WouldBlock && got.bytes == 0) {
      if (auto waited = wait(For::Reading); !waited) return std::move(waited).error();
    }
  }
}

// "250-SIZE", …, "250 HELP"
Outcome<Reply> Wire::reply() {
  Reply reply;
  while (reply.lines.size() < kMaxLines) {
    auto text = line();
    if (!text) return std::move(text).error();
    const int code = replyCode(*text);
    const char mark = text->size() > 3 ? (*text)[3] : ' ';
    if (code < 0 || (mark != ' ' && mark != '-') || (reply.code != 0 && code != reply.code)) {
      return failed("the server does not speak SMTP");
    }
    reply.code = code;
    reply.lines.push_back(text->size() > 4 ? text->substr(4) : std::string());
    if (mark == ' ') return reply;
  }
  return failed("the server's reply is too long");
}

}  // namespace penstock::email
