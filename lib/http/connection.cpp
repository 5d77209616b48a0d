#include "http/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>

namespace penstock::http {
namespace {

constexpr size_t kDrainBytes = 64 << 20;
constexpr size_t kCompactBytes = 256 << 10;
constexpr std::chrono::milliseconds kClosingTime{2'000};

ApiError timeoutError(const char* what) {
  return {ErrorKind::Timeout, "request_timeout",
          std::string("the request ") + what + " took too long to arrive"};
}

}  // namespace

Connection::Connection(Server& server, Loop& loop, Transport transport, std::string peer)
    : server_(server),
      loop_(loop),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      timer_(loop, [this] { onTimeout(); }),
      message_(server.options_.limits, server.counters_) {
  server_.counters_.open.fetch_add(1, std::memory_order_relaxed);
}

void Connection::open() {
  state_ = transport_.handshaking() ? State::Handshake : State::Head;
  timer_.armIn(server_.options_.limits.head_timeout);
  loop_.watch(transport_.fd(), *this);
}

void Connection::openToShed() {
  state_ = State::Head;
  loop_.watch(transport_.fd(), *this);
  refuse({ErrorKind::Overloaded,
          "too_many_connections",
          "too many connections",
          {},
          {},
          {},
          {},
          1000});
}

void Connection::onIo(uint32_t events) {
  if (state_ == State::Handshake) {
    const IoState done = transport_.handshake();
    if (done == IoState::Failed || (events & (EPOLLERR | EPOLLHUP)) != 0) return close();
    if (done == IoState::WouldBlock) return;
    state_ = State::Head;
    readable_ = true;  // the first request may have come with the end of the handshake
  }
  if ((events & EPOLLOUT) != 0 && pendingBytes() > 0) flush();
  if (state_ == State::Closed) return;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer_closed_ = true;
  readInput();
  // A client that closes (even half) while its answer is being made has left: so nginx sees it too.
  if (peer_closed_ && state_ == State::Busy) close();
}

bool Connection::mayRead() const {
  return (state_ == State::Head && pendingBytes() == 0) || awaitsBody() || state_ == State::Closing;
}

void Connection::readInput() {
  const std::span<char> scratch = loop_.scratch();
  while (readable_ && mayRead()) {
    const IoResult got = transport_.read(scratch.data(), scratch.size());
    if (got.state == IoState::WouldBlock) {
      readable_ = false;
      return;
    }
    if (got.state != IoState::Ok) return close();
    // A short read means that a plain socket is empty; only TLS may hold more decrypted bytes.
    if (got.bytes < scratch.size() && !transport_.secure() && !peer_closed_) readable_ = false;
    if (state_ == State::Dropping) {
      drop(got.bytes);
      continue;
    }
    if (state_ == State::Closing) {
      drained_ += got.bytes;
      if (drained_ > kDrainBytes) return close();
      continue;
    }
    consume({scratch.data(), got.bytes});
  }
}

// Feeds received bytes through the states until they are used up or a request is out. What follows
// that request is kept aside first: the handler may use the loop's scratch buffer, where it stands.
void Connection::consume(std::string_view bytes) {
  consuming_ = true;
  std::string held;
  while (!bytes.empty() && (state_ == State::Head || takesBody())) {
    switch (state_) {
      case State::Head: bytes = consumeHead(bytes); break;
      case State::Arriving: bytes = consumeArriving(bytes); break;
      default: bytes = consumeBody(bytes); break;
    }
    if (state_ != State::Ready) continue;
    input_.assign(bytes);
    bytes = {};
    passOn();
    if (state_ == State::Dropping) drop(std::exchange(input_, {}).size());
    const bool more = state_ == State::Arriving || (state_ == State::Head && pendingBytes() == 0);
    if (more && !input_.empty()) {
      held = std::exchange(input_, {});
      bytes = held;
    }
  }
  consuming_ = false;
}

std::string_view Connection::consumeHead(std::string_view bytes) {
  std::string_view head = bytes;
  if (!input_.empty()) {
    input_.append(bytes);
    head = input_;
  }
  const HeadScanner::State scanned = scanner_.scan(head);
  const HeadLimits& limits = server_.options_.limits.head;
  if (scanned == HeadScanner::State::BareLineFeed) {
    refuse(invalidRequest("malformed_request", "lines of the request head must end with CRLF"));
    return {};
  }
  const size_t size = scanned == HeadScanner::State::Complete ? scanner_.headBytes() : head.size();
  if (size > limits.head_bytes) {
    refuse({ErrorKind::HeadersTooLarge, "headers_too_large", "the request head is too large"});
    return {};
  }
  if (scanned == HeadScanner::State::NeedMore) {
    if (input_.empty()) {
      input_.assign(bytes);
      timer_.armIn(server_.options_.limits.head_timeout);
    }
    return {};
  }
  const size_t rest = head.size() - size;  // the rest is a suffix of `bytes`
  message_.begin(head.substr(0, size));
  std::string().swap(input_);
  scanner_.reset();
  exchange_ = Exchange::create(loop_);
  head_ = {};
  auto parsed = parseRequestHead(message_.head(), limits, exchange_->request_);
  if (!parsed) {
    refuse(parsed.error());
    return {};
  }
  head_ = *parsed;
  exchange_->request_.received = loop_.now();
  exchange_->request_.peer = peer_;  // admit_body may go by it
  if (!beginBody()) return {};
  return bytes.substr(bytes.size() - rest);
}

// Gives the request, whole or not, to its exchange, from where the answer will come.
ExchangePtr Connection::handOver() {
  ExchangePtr exchange = std::exchange(exchange_, nullptr);
  Request& request = exchange->request_;
  IncomingMessage::Taken taken = message_.take();
  exchange->bytes_ = std::move(taken.bytes);
  exchange->spool_ = std::move(taken.spool);
  if (request.method.data() != nullptr && request.method.data() != exchange->bytes_.data()) {
    // The buffer moved while the body grew: the views must be taken again.
    [[maybe_unused]] const auto again =
        parseRequestHead(std::string_view(exchange->bytes_).substr(0, taken.head_bytes),
                         server_.options_.limits.head, request);
  }
  exchange->peer_ = peer_;
  request.peer = exchange->peer_;
  request.secure = transport_.secure();
  answer_.expect({request.method == "HEAD", head_.http10, head_.keep_alive});
  exchange->receiver_ = &answer_;
  busy_ = exchange.get();
  decoder_.reset();
  state_ = State::Busy;
  server_.counters_.in_flight.fetch_add(1, std::memory_order_relaxed);
  return exchange;
}

void Connection::dispatch() {
  if (const Status sealed = message_.seal(); !sealed) return refuse(sealed.error());
  const size_t head_bytes = message_.head().size();
  const ExchangePtr exchange = handOver();
  const bool arriving = message_.streams();
  if (arriving) {
    state_ = State::Arriving;
    exchange->body_bytes_ = body_left_;
  }
  // A file that could be mapped stays so.
  exchange->request_.body = exchange->spool_ != nullptr
                                ? exchange->spool_->view().value_or(std::string_view())
                                : std::string_view(exchange->bytes_).substr(head_bytes);
  if (!arriving) awaitAnswer();
  server_.counters_.requests.fetch_add(1, std::memory_order_relaxed);
  try {
    return server_.options_.handler(exchange);
  } catch (const std::exception& thrown) {
    failed(thrown.what());
  } catch (...) {
    failed("unknown exception");
  }
}

// Answers an unusable request and closes: after it, nobody knows where the next one would start.
void Connection::refuse(const ApiError& error) {
  server_.counters_.refused.fetch_add(1, std::memory_order_relaxed);
  std::string().swap(input_);
  if (!exchange_) {
    exchange_ = Exchange::create(loop_);
    message_.begin({});
    head_ = {};
  }
  const ExchangePtr exchange = handOver();
  answer_.closeAfter();
  exchange->request_.received = loop_.now();
  exchange->respond(server_.options_.render_error(exchange->request_, error));
}

// Of a request whose body is not all there yet, nobody knows where the next one would start.
bool Connection::closeAfterAnswer() const {
  return state_ == State::Arriving || peer_closed_ ||
         server_.draining_.load(std::memory_order_relaxed);
}

void Connection::send(std::string_view first, std::string_view second, std::string_view third) {
  if (state_ == State::Closed) return;
  std::array<iovec, 3> pieces{};
  size_t count = 0;
  size_t total = 0;
  for (const std::string_view piece : {first, second, third}) {
    if (piece.empty()) continue;
    pieces[count++] = {const_cast<char*>(piece.data()), piece.size()};
    total += piece.size();
  }
  size_t sent = 0;
  const bool waiting = pendingBytes() > 0;
  if (!waiting) {
    const IoResult result = transport_.write({pieces.data(), count});
    if (result.state == IoState::Failed || result.state == IoState::Closed) {
      peer_closed_ = true;
      return continueLater();  // not from inside the answer
    }
    sent = result.bytes;
    if (sent == total) return;
  }
  for (size_t i = 0; i < count; ++i) {
    const std::string_view piece(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
    const size_t skip = std::min(sent, piece.size());
    out_.append(piece.substr(skip));
    sent -= skip;
  }
  // Only progress moves this deadline: more to send is none.
  if (!waiting && !awaitsBody()) timer_.armIn(server_.options_.limits.write_timeout);
}

void Connection::flush() {
  while (pendingBytes() > 0) {
    const iovec piece{out_.data() + out_sent_, out_.size() - out_sent_};
    const IoResult result = transport_.write({&piece, 1});
    if (result.state == IoState::WouldBlock) break;
    if (result.state != IoState::Ok) return close();
    out_sent_ += result.bytes;
    if (!awaitsBody()) timer_.armIn(server_.options_.limits.write_timeout);  // progress
  }
  if (pendingBytes() > 0) {
    // What is sent goes now and then, or a client that always lags a little would cost the whole
    // stream.
    if (out_sent_ < std::max(kCompactBytes, pendingBytes())) return;
    out_.erase(0, out_sent_);
    out_sent_ = 0;
    return;
  }
  std::string().swap(out_);
  out_sent_ = 0;
  if (state_ == State::Closing) return enterClosing();
  if (state_ == State::Head) {
    timer_.armIn(server_.options_.limits.idle_timeout);
    return continueInput();
  }
  if (busy_ != nullptr) {
    if (state_ != State::Arriving) timer_.disarm();
    busy_->drained();
  }
}

void Connection::exchangeFinished(bool keep_alive) {
  busy_ = nullptr;
  releaseBuffered();
  server_.counters_.in_flight.fetch_sub(1, std::memory_order_relaxed);
  const ServerLimits& limits = server_.options_.limits;
  const bool flushed = pendingBytes() == 0;
  if (state_ == State::Arriving) {
    state_ = State::Dropping;  // for as long as the body may take
    if (!consuming_ && readable_) continueLater();
    return;
  }
  if (!keep_alive || close_after_ || peer_closed_) {
    state_ = State::Closing;
    return flushed ? enterClosing() : timer_.armIn(limits.write_timeout);
  }
  state_ = State::Head;
  timer_.armIn(flushed ? limits.idle_timeout : limits.write_timeout);
  if (!consuming_ && (readable_ || !input_.empty())) continueLater();
}

// Takes up what arrived during the last request: from the loop rather than from inside the answer,
// so that a long pipeline does not nest and the loop's scratch buffer has one user at a time.
void Connection::continueLater() {
  loop_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->continueInput();
  });
}

void Connection::continueInput() {
  if (state_ == State::Busy && peer_closed_) return close();
  if (state_ == State::Head && pendingBytes() == 0 && !input_.empty()) {
    const std::string held = std::exchange(input_, {});
    consume(held);
  }
  readInput();
}

void Connection::enterClosing() {
  transport_.shutdownWrite();
  if (peer_closed_ && !readable_) return close();
  timer_.armIn(kClosingTime);
  if (!consuming_ && readable_) continueLater();
}

void Connection::onTimeout() {
  if (state_ == State::Head && pendingBytes() == 0 && !input_.empty())
    return refuse(timeoutError("head"));
  if (state_ == State::Body) return refuse(timeoutError("body"));
  if (state_ == State::Arriving) {
    refuseArriving(timeoutError("body"));
    if (state_ == State::Dropping) finishDropping();
    return;
  }
  close();  // idle for too long, or it takes nothing of its answer
}

void Connection::resetOnClose() { setResetOnClose(transport_.fd()); }

void Connection::drain() {
  close_after_ = true;
  if (state_ == State::Handshake) return close();
  if (state_ != State::Head) return;
  if (pendingBytes() == 0) return close();
  state_ = State::Closing;  // the last answer is still leaving
}

}  // namespace penstock::http
