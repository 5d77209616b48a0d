// A request's body as it arrives: before its handler has the request, while it has it, and when
// nobody wants it any more.
#include <algorithm>

#include "http/connection.h"

namespace penstock::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

// Prepares for the body, if there is one. False when the request was refused.
bool Connection::beginBody() {
  const ServerLimits& limits = server_.options_.limits;
  if (head_.framing.kind == Framing::Kind::None) {
    state_ = State::Ready;
    return true;
  }
  state_ = State::Body;
  timer_.armIn(limits.body_timeout);
  const bool large =
      head_.framing.kind == Framing::Kind::Chunked || head_.framing.length > kUncountedBytes;
  if (large && server_.options_.admit_body) {
    if (const auto error = server_.options_.admit_body(exchange_->request_)) {
      refuse(*error);
      return false;
    }
  }
  const bool special = large && server_.options_.body_rule;
  const BodyRule rule = special ? server_.options_.body_rule(exchange_->request_)
                                : BodyRule{.most = limits.body_bytes};
  // What may be larger than others may take longer too: a MiB in four seconds is slow enough.
  if (special && rule.most > limits.body_bytes)
    timer_.armIn(
        limits.body_timeout +
        std::chrono::milliseconds(std::min<uint64_t>(head_.framing.length, rule.most) >> 8));
  const bool known = head_.framing.kind == Framing::Kind::Length;
  body_left_ = known ? head_.framing.length : 0;
  if (!known) decoder_.emplace(ChunkedDecoder::Peer::Client);
  if (const Status fits = message_.expectBody(rule, body_left_); !fits) {
    refuse(fits.error());
    return false;
  }
  if (head_.expect_continue) send(kContinue);
  if (state_ == State::Body && message_.streams()) state_ = State::Ready;
  return takesBody() || state_ == State::Ready;
}

std::string_view Connection::consumeBody(std::string_view bytes) {
  if (!decoder_) {
    const auto take = static_cast<size_t>(std::min<uint64_t>(body_left_, bytes.size()));
    if (const Status kept = message_.append(bytes.substr(0, take)); !kept) {
      refuse(kept.error());
      return {};
    }
    body_left_ -= take;
    bytes.remove_prefix(take);
    if (body_left_ == 0) state_ = State::Ready;
    return bytes;
  }
  Status kept = Unit{};
  const auto state = decoder_->feed(bytes, [&](std::string_view data) {
    if (kept) kept = message_.appendCounted(data);
  });
  if (!kept) {
    refuse(kept.error());
    return {};
  }
  if (state == ChunkedDecoder::State::Malformed) {
    refuse(
        invalidRequest("malformed_request", "the chunked body is malformed", "Transfer-Encoding"));
    return {};
  }
  if (state == ChunkedDecoder::State::Done) state_ = State::Ready;
  return bytes;
}

// To the handler: the request; or the last of its body, where it has the rest.
void Connection::passOn() {
  if (busy_ == nullptr) return dispatch();
  state_ = State::Busy;
  awaitAnswer();
  tellBody(Unit{});
}

// The client has sent all; only what it has to take is waited for.
void Connection::awaitAnswer() {
  if (pendingBytes() == 0)
    timer_.disarm();
  else
    timer_.armIn(server_.options_.limits.write_timeout);
}

std::string_view Connection::consumeArriving(std::string_view bytes) {
  const auto take = static_cast<size_t>(std::min<uint64_t>(body_left_, bytes.size()));
  if (const Status kept = busy_->spool_->append(bytes.substr(0, take)); !kept) {
    refuseArriving(kept.error());
    return {};
  }
  body_left_ -= take;
  bytes.remove_prefix(take);
  if (body_left_ == 0) {
    state_ = State::Ready;
  } else {
    tellBody(Unit{});
  }
  return bytes;
}

void Connection::tellBody(const Status& came) {
  try {
    return busy_->bodyCame(came);
  } catch (const std::exception& thrown) {
    failed(thrown.what());
  } catch (...) {
    failed("unknown exception");
  }
}

// A handler threw: its request ends here, unless it has ended already.
void Connection::failed(const std::string& problem) {
  if (busy_ == nullptr) return;
  if (busy_->started()) return busy_->abort();
  busy_->respond(server_.options_.render_error(busy_->request_, internalError(problem)));
}

// The handler answers with it, or else we do; what has been begun is cut.
void Connection::refuseArriving(const ApiError& error) {
  server_.counters_.refused.fetch_add(1, std::memory_order_relaxed);
  tellBody(error);
  if (state_ != State::Arriving) return;
  if (busy_->started()) return close();
  busy_->respond(server_.options_.render_error(busy_->request_, error));
}

// Of a body that nobody wants any more.
void Connection::drop(size_t bytes) {
  body_left_ -= std::min<uint64_t>(body_left_, bytes);
  if (body_left_ == 0) finishDropping();
}

void Connection::finishDropping() {
  state_ = State::Closing;
  if (pendingBytes() == 0) return enterClosing();
  timer_.armIn(server_.options_.limits.write_timeout);
}

}  // namespace penstock::http
