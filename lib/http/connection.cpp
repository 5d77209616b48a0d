#include "http/connection.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>

namespace penstock::http {
namespace {

// Bodies up to this size are not worth an atomic on a shared counter.
constexpr uint64_t kUncountedBytes = 64 << 10;
constexpr size_t kDrainBytes = 256 << 10;
constexpr std::chrono::milliseconds kClosingTime{2'000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

ApiError timeoutError(const char* what) {
  return {ErrorKind::Timeout, "request_timeout", std::string("the request ") + what + " took too long to arrive"};
}

}  // namespace

Connection::Connection(Server& server, Loop& loop, Transport transport, std::string peer)
    : server_(server),
      loop_(loop),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      timer_(loop, [this] { onTimeout(); }) {
  server_.counters_.open.fetch_add(1, std::memory_order_relaxed);
}

Connection::~Connection() {
  releaseBuffered();
  server_.counters_.open.fetch_sub(1, std::memory_order_relaxed);
}

void Connection::open() {
  state_ = transport_.handshaking() ? State::Handshake : State::Head;
  timer_.armIn(server_.options_.limits.head_timeout);
  loop_.watch(transport_.fd(), *this);
}

void Connection::openToShed() {
  state_ = State::Head;
  loop_.watch(transport_.fd(), *this);
  refuse({ErrorKind::Overloaded, "too_many_connections", "too many connections", {}, {}, {}, {}, 1000});
}

void Connection::onIo(uint32_t events) {
  if (state_ == State::Handshake) {
    const IoState done = transport_.handshake();
    if (done == IoState::Failed || (events & (EPOLLERR | EPOLLHUP)) != 0) return close();
    if (done == IoState::WouldBlock) return;
    state_ = State::Head;
  }
  if ((events & EPOLLOUT) != 0 && pendingBytes() > 0) flush();
  if (state_ == State::Closed) return;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer_closed_ = true;
  if (state_ == State::Head || state_ == State::Body || state_ == State::Closing) readInput();
  // A client that closes (even half) while its answer is being made has left: so nginx sees it too.
  if (peer_closed_ && state_ == State::Busy) clientLeft();
}

void Connection::readInput() {
  const std::span<char> scratch = loop_.scratch();
  while (readable_ && (state_ == State::Head || state_ == State::Body || state_ == State::Closing)) {
    const IoResult got = transport_.read(scratch.data(), scratch.size());
    if (got.state == IoState::WouldBlock) {
      readable_ = false;
      return;
    }
    if (got.state != IoState::Ok) return close();
    // A short read means that a plain socket is empty; only TLS may hold more decrypted bytes.
    if (got.bytes < scratch.size() && !transport_.secure() && !peer_closed_) readable_ = false;
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
  while (!bytes.empty() && (state_ == State::Head || state_ == State::Body)) {
    bytes = state_ == State::Head ? consumeHead(bytes) : consumeBody(bytes);
    if (state_ != State::Ready) continue;
    input_.assign(bytes);
    bytes = {};
    dispatch();
    if (state_ == State::Head && !input_.empty()) {
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
  head_bytes_ = size;
  const size_t rest = head.size() - size;  // the rest is a suffix of `bytes`
  message_.assign(head.substr(0, size));
  input_.clear();
  scanner_.reset();
  exchange_ = std::make_shared<Exchange>(loop_, *this);
  auto parsed = parseRequestHead(message_, limits, exchange_->request_);
  if (!parsed) {
    refuse(parsed.error());
    return {};
  }
  head_ = *parsed;
  exchange_->request_.received = loop_.now();
  if (!beginBody()) return {};
  return bytes.substr(bytes.size() - rest);
}

// Prepares for the body, if there is one. False when the request was refused.
bool Connection::beginBody() {
  const ServerLimits& limits = server_.options_.limits;
  if (head_.framing.kind == Framing::Kind::None) {
    state_ = State::Ready;
    return true;
  }
  state_ = State::Body;
  timer_.armIn(limits.body_timeout);
  const bool large = head_.framing.kind == Framing::Kind::Chunked || head_.framing.length > kUncountedBytes;
  if (large && server_.options_.admit_body) {
    if (const auto error = server_.options_.admit_body(exchange_->request_)) {
      refuse(*error);
      return false;
    }
  }
  if (head_.framing.kind == Framing::Kind::Length) {
    body_left_ = head_.framing.length;
    if (!accountBody(body_left_)) return false;
    // Trust the declared length only so far: a client could declare much and send nothing.
    message_.reserve(head_bytes_ + std::min<uint64_t>(body_left_, 1 << 20));
  } else {
    decoder_.emplace(ChunkedDecoder::Peer::Client);
  }
  if (head_.expect_continue) send(kContinue);
  return state_ == State::Body;
}

std::string_view Connection::consumeBody(std::string_view bytes) {
  if (!decoder_) {
    const auto take = static_cast<size_t>(std::min<uint64_t>(body_left_, bytes.size()));
    message_.append(bytes.substr(0, take));
    body_left_ -= take;
    bytes.remove_prefix(take);
    if (body_left_ == 0) state_ = State::Ready;
    return bytes;
  }
  bool fits = true;
  const auto state = decoder_->feed(bytes, [&](std::string_view data) {
    if (fits && (fits = accountBody(data.size()))) message_.append(data);
  });
  if (!fits) return {};
  if (state == ChunkedDecoder::State::Malformed) {
    refuse(invalidRequest("malformed_request", "the chunked body is malformed", "Transfer-Encoding"));
    return {};
  }
  if (state == ChunkedDecoder::State::Done) state_ = State::Ready;
  return bytes;
}

// Checks `bytes` more of body against both limits, and counts large bodies against the shared one.
bool Connection::accountBody(size_t bytes) {
  const ServerLimits& limits = server_.options_.limits;
  const uint64_t size = message_.size() - head_bytes_ + bytes;
  if (size > limits.body_bytes) {
    refuse({ErrorKind::PayloadTooLarge, "payload_too_large",
            "the request body is larger than " + std::to_string(limits.body_bytes) + " bytes"});
    return false;
  }
  if (size <= kUncountedBytes || size <= buffered_) return true;
  auto& total = server_.counters_.buffered;
  const auto more = static_cast<int64_t>(size - buffered_);
  buffered_ = size;
  if (total.fetch_add(more, std::memory_order_relaxed) + more >
      static_cast<int64_t>(limits.buffered_bytes)) {
    server_.counters_.shed.fetch_add(1, std::memory_order_relaxed);
    refuse({ErrorKind::Overloaded, "overloaded", "too many large requests at once", {}, {}, {}, {}, 1000});
    return false;
  }
  return true;
}

void Connection::releaseBuffered() {
  if (buffered_ > 0) server_.counters_.buffered.fetch_sub(static_cast<int64_t>(buffered_), std::memory_order_relaxed);
  buffered_ = 0;
}

void Connection::dispatch() {
  state_ = State::Busy;
  decoder_.reset();
  timer_.disarm();
  Exchange& exchange = *exchange_;
  const char* parsed_at = exchange.request_.method.data();
  exchange.bytes_ = std::move(message_);
  message_.clear();
  Request& request = exchange.request_;
  if (exchange.bytes_.data() != parsed_at) {
    // The buffer moved while the body grew: the views must be taken again.
    [[maybe_unused]] const auto again =
        parseRequestHead(std::string_view(exchange.bytes_).substr(0, head_bytes_), server_.options_.limits.head, request);
  }
  request.body = std::string_view(exchange.bytes_).substr(head_bytes_);
  exchange.peer_ = peer_;
  request.peer = exchange.peer_;
  request.secure = transport_.secure();
  exchange.head_only_ = request.method == "HEAD";
  exchange.http10_ = head_.http10;
  exchange.keep_alive_ = head_.keep_alive;
  server_.counters_.requests.fetch_add(1, std::memory_order_relaxed);
  server_.counters_.in_flight.fetch_add(1, std::memory_order_relaxed);
  // A copy: the handler may finish at once, which lets go of ours.
  const std::shared_ptr<Exchange> keep = exchange_;
  server_.options_.handler(keep);
}

// Answers an unusable request and closes: after it, nobody knows where the next one would start.
void Connection::refuse(const ApiError& error) {
  server_.counters_.refused.fetch_add(1, std::memory_order_relaxed);
  if (!exchange_) exchange_ = std::make_shared<Exchange>(loop_, *this);
  Exchange& exchange = *exchange_;
  const std::shared_ptr<Exchange> keep = exchange_;
  exchange.bytes_ = std::move(message_);
  message_.clear();
  input_.clear();
  exchange.keep_alive_ = false;
  exchange.http10_ = head_.http10;
  exchange.peer_ = peer_;
  exchange.request_.peer = exchange.peer_;
  exchange.request_.received = loop_.now();
  state_ = State::Busy;
  server_.counters_.in_flight.fetch_add(1, std::memory_order_relaxed);
  exchange.respond(server_.options_.render_error(exchange.request_, error));
}

bool Connection::closeAfterAnswer() const {
  return peer_closed_ || server_.draining_.load(std::memory_order_relaxed);
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
  if (pendingBytes() == 0) {
    const IoResult result = transport_.write({pieces.data(), count});
    if (result.state == IoState::Failed || result.state == IoState::Closed) {
      peer_closed_ = true;
      loop_.post([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (self && self->state_ == State::Busy) self->clientLeft();
      });
      return;
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
  timer_.armIn(server_.options_.limits.write_timeout);
  flush();
}

void Connection::flush() {
  while (pendingBytes() > 0) {
    const iovec piece{out_.data() + out_sent_, out_.size() - out_sent_};
    const IoResult result = transport_.write({&piece, 1});
    if (result.state == IoState::WouldBlock) return;
    if (result.state != IoState::Ok) {
      if (state_ == State::Busy) return clientLeft();
      return close();
    }
    out_sent_ += result.bytes;
    timer_.armIn(server_.options_.limits.write_timeout);  // progress
  }
  std::string().swap(out_);
  out_sent_ = 0;
  if (state_ == State::Closing) return enterClosing();
  if (state_ == State::Head) timer_.armIn(server_.options_.limits.idle_timeout);
  if (state_ == State::Busy && exchange_) {
    timer_.disarm();
    if (exchange_->on_drained_) exchange_->on_drained_();
  }
}

void Connection::exchangeFinished() {
  const bool keep_alive = exchange_->keep_alive_ && !close_after_;
  exchange_->connection_ = nullptr;
  exchange_.reset();
  releaseBuffered();
  server_.counters_.in_flight.fetch_sub(1, std::memory_order_relaxed);
  if (state_ != State::Busy) return;
  if (!keep_alive) {
    state_ = State::Closing;
    if (pendingBytes() == 0) enterClosing();
    return;
  }
  state_ = State::Head;
  timer_.armIn(pendingBytes() > 0 ? server_.options_.limits.write_timeout : server_.options_.limits.idle_timeout);
  if (consuming_ || (!readable_ && input_.empty())) return;
  loop_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->continueInput();
  });
}

// Takes up what arrived during the last request: from the loop rather than from inside the answer,
// so that a long pipeline does not nest.
void Connection::continueInput() {
  if (state_ != State::Head) return;
  if (!input_.empty()) {
    const std::string held = std::exchange(input_, {});
    consume(held);
  }
  readInput();
}

void Connection::enterClosing() {
  transport_.shutdownWrite();
  if (peer_closed_) return close();
  timer_.armIn(kClosingTime);
  if (!consuming_) readInput();
}

void Connection::onTimeout() {
  if (state_ == State::Busy) return clientLeft();  // it takes nothing of its answer
  if (state_ == State::Head && (!input_.empty())) return refuse(timeoutError("head"));
  if (state_ == State::Body) return refuse(timeoutError("body"));
  close();
}

void Connection::clientLeft() {
  if (exchange_) {
    const std::shared_ptr<Exchange> exchange = std::move(exchange_);
    server_.counters_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    exchange->detach();
  }
  close();
}

void Connection::drain() {
  close_after_ = true;
  if (state_ == State::Head || state_ == State::Handshake) close();
}

}  // namespace penstock::http
