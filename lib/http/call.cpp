#include "http/call.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "http/request_head.h"
#include "http/tls.h"

namespace penstock::http {
namespace {

constexpr size_t kPiecesPerWrite = 16;

}  // namespace

HttpCall::HttpCall(std::shared_ptr<Client::Core> core, ClientRequest request,
                   CallObserver& observer)
    : core_(std::move(core)),
      loop_(core_->loop),
      request_(std::move(request)),
      observer_(observer),
      started_at_(std::chrono::steady_clock::now()),
      total_deadline_(started_at_ + request_.timeouts.total),
      timer_(loop_, [this] { fail(on_timeout_, "deadline passed"); }) {}

HttpCall::~HttpCall() { letGo(); }

// Drops the connection. Whoever calls may stand inside its callback, so it dies a little later, but
// the peer learns at once.
void HttpCall::letGo() {
  if (!connection_) return;
  connection_->user = nullptr;
  connection_->transport.shutdownWrite();
  loop_.destroyLater(std::shared_ptr<UpstreamConnection>(std::move(connection_)));
}

void HttpCall::cancel() {
  state_ = State::Done;
  timer_.cancel();
  letGo();
}

void HttpCall::begin() {
  head_out_ = requestHead(request_);
  if (request_.body_bytes) awaited_ = *request_.body_bytes - bytesOf(request_.body);
  const std::string pool = poolKey(request_.origin);
  connection_ = core_->takeIdle(pool);
  if (connection_) {
    connection_->user = this;
    timings_.reused = true;
    return exchange();
  }
  if (core_->pools[pool].open >= core_->options.connections_per_origin) {
    return failLater(FailureKind::Overloaded, "connection limit of the origin reached");
  }
  connect();
}

void HttpCall::connect() {
  state_ = State::Resolving;
  armPhase(request_.timeouts.connect, FailureKind::ConnectTimeout);
  const Origin& origin = request_.origin;
  if (origin.scheme == Origin::Scheme::Internal) {
    Socket socket = core_->options.connect_internal
                        ? core_->options.connect_internal(origin.host, loop_)
                        : Socket();
    if (!socket.valid())
      return failLater(FailureKind::Connect, "no such in-process server: " + origin.host);
    connection_ =
        std::make_unique<UpstreamConnection>(core_, poolKey(origin), Transport(std::move(socket)));
    connection_->user = this;
    return exchange();
  }
  // The answer comes on a resolver thread, or at once on this one; the call may be gone by then.
  core_->resolver.resolve(
      origin.host, origin.port,
      [weak = weak_from_this(), &loop = loop_](const Result<Resolver::Addresses>& answer) {
        loop.post([weak, answer] {
          if (const auto self = weak.lock()) self->onAddresses(answer);
        });
      });
}

void HttpCall::onAddresses(const Result<Resolver::Addresses>& answer) {
  if (state_ != State::Resolving) return;
  if (!answer) return fail(FailureKind::Dns, answer.error().detail);
  addresses_ = *answer;
  next_address_ = 0;
  if (!request_.origin.allow_private) {
    // The guard stands between name resolution and connect, so that no name can point inside.
    std::erase_if(addresses_,
                  [](const SocketAddress& address) { return !isPublicAddress(address); });
    if (addresses_.empty()) {
      return fail(
          FailureKind::EgressRefused,
          request_.origin.host + " resolves to no public address and the provider is not private");
    }
  }
  tryNextAddress();
}

void HttpCall::tryNextAddress() {
  state_ = State::Connecting;
  connection_.reset();
  while (next_address_ < addresses_.size()) {
    auto socket = connectTo(addresses_[next_address_++]);
    if (!socket) {
      last_error_ = socket.error().detail;
      continue;
    }
    const Origin& origin = request_.origin;
    Transport transport = origin.scheme == Origin::Scheme::Https
                              ? Transport::tlsClient(std::move(*socket), *core_->tls, origin.host)
                              : Transport(std::move(*socket));
    connection_ =
        std::make_unique<UpstreamConnection>(core_, poolKey(origin), std::move(transport));
    connection_->user = this;
    return;
  }
  fail(FailureKind::Connect, last_error_);
}

void HttpCall::onConnectionIo(uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer_closed_ = true;
  if (state_ == State::Connecting) {
    if (const int error = pendingError(connection_->transport.fd()); error != 0) {
      last_error_ = std::generic_category().message(error);
      auto failed = std::shared_ptr<UpstreamConnection>(std::move(connection_));
      failed->user = nullptr;
      loop_.destroyLater(std::move(failed));
      return tryNextAddress();
    }
    if ((events & EPOLLOUT) == 0 && !connection_->transport.handshaking()) return;
    return connecting();
  }
  if (state_ != State::Exchanging) return;
  if (!done_sending_ && (events & EPOLLOUT) != 0) sendPending();
  if (state_ == State::Exchanging) readResponse();
}

void HttpCall::connecting() {
  const IoState done = connection_->transport.handshake();
  if (done == IoState::WouldBlock) return;
  if (done != IoState::Ok) return fail(FailureKind::Tls, connection_->transport.failure());
  exchange();
}

void HttpCall::exchange() {
  state_ = State::Exchanging;
  timings_.connected = elapsed();
  timings_.reused = connection_->reused;
  last_error_.clear();  // of addresses tried before
  armForAnswer();
  sendPending();
}

// While we do not have the whole request ourselves, nobody is late.
void HttpCall::armForAnswer() {
  if (got_head_) return;
  if (awaited_ > 0) return timer_.cancel();
  armPhase(request_.timeouts.first_byte, FailureKind::FirstByteTimeout);
}

// What stands behind the last piece in memory belongs to it: a body may come byte by byte.
void HttpCall::extendBody(std::string_view piece) {
  std::vector<std::string_view>& body = request_.body;
  if (body.empty() || body.back().data() + body.back().size() != piece.data())
    return body.push_back(piece);
  if (piece_ > body.size()) {
    piece_ = body.size();
    piece_offset_ = body.back().size();
  }
  body.back() = {body.back().data(), body.back().size() + piece.size()};
}

void HttpCall::send(std::string_view piece) {
  if (piece.empty() || awaited_ == 0) return;
  piece = piece.substr(0, awaited_);
  awaited_ -= piece.size();
  extendBody(piece);
  if (awaited_ == 0) {
    started_at_ = std::chrono::steady_clock::now();
    total_deadline_ = started_at_ + request_.timeouts.total;
  }
  if (state_ != State::Exchanging || done_sending_) return;
  if (awaited_ == 0) armForAnswer();
  sendPending();
}

void HttpCall::sendPending() {
  const size_t pieces = request_.body.size() + 1;
  while (piece_ < pieces) {
    std::array<iovec, kPiecesPerWrite> batch{};
    size_t count = 0;
    for (size_t i = piece_; i < pieces && count < batch.size(); ++i) {
      std::string_view piece = i == 0 ? std::string_view(head_out_) : request_.body[i - 1];
      if (i == piece_) piece.remove_prefix(piece_offset_);
      batch[count++] = {const_cast<char*>(piece.data()), piece.size()};
    }
    const IoResult result = connection_->transport.write({batch.data(), count});
    if (result.state == IoState::WouldBlock) return;
    if (result.state != IoState::Ok) {
      // The peer may have answered before it closed (a 413, say): reading tells.
      done_sending_ = true;
      readable_ = true;
      return post(&HttpCall::readResponse);
    }
    piece_offset_ += result.bytes;
    while (piece_ < pieces) {
      const size_t size = piece_ == 0 ? head_out_.size() : request_.body[piece_ - 1].size();
      if (piece_offset_ < size) break;
      piece_offset_ -= size;
      ++piece_;
    }
  }
  if (awaited_ > 0) return;
  done_sending_ = true;
  armForAnswer();
}

void HttpCall::readResponse() {
  const std::span<char> scratch = loop_.scratch();
  while (state_ == State::Exchanging && readable_ && !paused_) {
    const IoResult got = connection_->transport.read(scratch.data(), scratch.size());
    if (got.state == IoState::WouldBlock) {
      readable_ = false;
      return;
    }
    if (got.state == IoState::Failed) last_error_ = connection_->transport.failure();
    if (got.state != IoState::Ok) return endOfInput();
    // A short read means that a plain socket is empty; only TLS may hold more decrypted bytes.
    if (got.bytes < scratch.size() && !connection_->transport.secure() && !peer_closed_)
      readable_ = false;
    any_byte_ = true;
    if (got_head_) armPhase(request_.timeouts.idle, FailureKind::IdleTimeout);
    if (!consume({scratch.data(), got.bytes})) return;
  }
}

// False when the call is over: complete, failed or cancelled by its observer.
bool HttpCall::consume(std::string_view bytes) {
  while (!bytes.empty()) {
    const bool more = got_head_ ? consumeBody(bytes) : consumeHead(bytes);
    if (!more || over()) return false;
  }
  return true;
}

bool HttpCall::consumeHead(std::string_view& bytes) {
  head_in_.append(bytes);
  const HeadScanner::State scanned = scanner_.scan(head_in_);
  const bool whole = scanned == HeadScanner::State::Complete;
  const size_t size = whole ? scanner_.headBytes() : head_in_.size();
  if (scanned == HeadScanner::State::BareLineFeed || size > core_->options.head.head_bytes) {
    fail(FailureKind::BadResponse, "malformed or oversized response head");
    return false;
  }
  bytes.remove_prefix(bytes.size() - (head_in_.size() - size));
  if (!whole) return true;
  ResponseHead head;
  const auto info = parseResponseHead(std::string_view(head_in_).substr(0, size),
                                      core_->options.head, head.headers);
  if (!info || (info->status == 101)) {
    fail(FailureKind::BadResponse, "malformed response head");
    return false;
  }
  scanner_.reset();
  if (info->status < 200) {  // 100 Continue, 103 Early Hints
    head_in_.clear();
    return true;
  }
  got_head_ = true;
  info_ = *info;
  if (request_.method == "HEAD") info_.framing = {};
  body_left_ = info_.framing.length;
  if (info_.framing.kind == Framing::Kind::Chunked)
    decoder_.emplace(ChunkedDecoder::Peer::Upstream);
  timings_.head = elapsed();
  armPhase(request_.timeouts.idle, FailureKind::IdleTimeout);
  head.status = info_.status;
  observer_.onHead(head);
  if (over()) return false;
  std::string().swap(head_in_);
  if (info_.framing.kind != Framing::Kind::None) return true;
  if (!bytes.empty()) info_.keep_alive = false;  // bytes that belong to no answer
  complete();
  return false;
}

bool HttpCall::consumeBody(std::string_view& bytes) {
  if (decoder_) {
    bool alive = true;
    const auto state =
        decoder_->feed(bytes, [&](std::string_view data) { alive = alive && deliver(data); });
    if (!alive) return false;
    if (state == ChunkedDecoder::State::Malformed) {
      fail(FailureKind::BadResponse, "malformed chunked body");
      return false;
    }
    if (state == ChunkedDecoder::State::NeedMore) return true;
  } else if (info_.framing.kind == Framing::Kind::Length) {
    const auto take = static_cast<size_t>(std::min<uint64_t>(body_left_, bytes.size()));
    body_left_ -= take;
    const std::string_view data = bytes.substr(0, take);
    bytes.remove_prefix(take);
    if (!deliver(data)) return false;
    if (body_left_ > 0) return true;
  } else {
    const std::string_view data = std::exchange(bytes, {});
    return deliver(data);
  }
  if (!bytes.empty()) info_.keep_alive = false;
  complete();
  return false;
}

// Passes body bytes on. False when the call is over.
bool HttpCall::deliver(std::string_view bytes) {
  received_ += bytes.size();
  if (received_ > request_.max_response_bytes) {
    fail(FailureKind::TooLarge,
         "response larger than " + std::to_string(request_.max_response_bytes) + " bytes");
    return false;
  }
  observer_.onData(bytes);
  return !over();
}

void HttpCall::endOfInput() {
  if (got_head_ && info_.framing.kind == Framing::Kind::UntilClose && last_error_.empty())
    return complete();
  if (!any_byte_ && connection_->reused) {
    // The pooled connection had been closed under us: once more on a fresh one.
    auto stale = std::shared_ptr<UpstreamConnection>(std::move(connection_));
    stale->user = nullptr;
    loop_.destroyLater(std::move(stale));
    piece_ = piece_offset_ = 0;
    done_sending_ = readable_ = peer_closed_ = false;
    last_error_.clear();
    return connect();
  }
  const std::string detail =
      last_error_.empty() ? "connection closed by the upstream" : last_error_;
  fail(got_head_ ? FailureKind::Truncated : FailureKind::Reset, detail);
}

void HttpCall::complete() {
  state_ = State::Done;
  timer_.cancel();
  if (info_.keep_alive && sent() && nothingMore()) {
    core_->giveBack(std::move(connection_));
  }
  letGo();
  observer_.onEnd();
}

// False when bytes (or the end) follow the answer: kept, they would pass for the next call's
// answer.
bool HttpCall::nothingMore() {
  char next = 0;
  return !readable_ || connection_->transport.read(&next, 1).state == IoState::WouldBlock;
}

void HttpCall::fail(FailureKind kind, std::string detail) {
  if (over()) return;
  state_ = State::Done;
  timer_.cancel();
  letGo();
  observer_.onFailure({kind, std::move(detail)});
}

void HttpCall::failLater(FailureKind kind, std::string detail) {
  loop_.post([weak = weak_from_this(), kind, detail = std::move(detail)] {
    if (const auto self = weak.lock()) self->fail(kind, detail);
  });
}

void HttpCall::post(void (HttpCall::*step)()) {
  loop_.post([weak = weak_from_this(), step] {
    if (const auto self = weak.lock()) (self.get()->*step)();
  });
}

// While we do not read, the upstream's silence is ours.
void HttpCall::pause() {
  paused_ = true;
  if (state_ == State::Exchanging && got_head_)
    armPhase(request_.timeouts.total, FailureKind::TotalTimeout);
}

void HttpCall::resume() {
  if (!std::exchange(paused_, false) || state_ != State::Exchanging) return;
  if (got_head_) armPhase(request_.timeouts.idle, FailureKind::IdleTimeout);
  if (readable_) post(&HttpCall::readResponse);
}

void HttpCall::armPhase(std::chrono::milliseconds limit, FailureKind on_timeout) {
  const SteadyTime phase = loop_.now() + limit;
  on_timeout_ = phase < total_deadline_ ? on_timeout : FailureKind::TotalTimeout;
  timer_.arm(std::min(phase, total_deadline_));
}

std::chrono::microseconds HttpCall::elapsed() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               started_at_);
}

}  // namespace penstock::http
