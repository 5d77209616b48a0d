#include "http/exchange.h"

#include <utility>

#include "http/loop.h"

namespace penstock::http {

ExchangePtr Exchange::create(Loop& loop) {
  // Whoever drops the last reference, it dies (and perhaps answers) on its own loop.
  return {new Exchange(loop), [](Exchange* exchange) {
            auto mine = std::unique_ptr<Exchange>(exchange);
            Loop& home = mine->loop_;
            if (!home.running() || home.onLoopThread()) return;
            home.post([last = std::shared_ptr<Exchange>(std::move(mine))] {});
          }};
}

ExchangePtr Exchange::createOwn(Loop& loop, OwnRequest request,
                                std::unique_ptr<AnswerReceiver> receiver) {
  ExchangePtr exchange = create(loop);
  exchange->own_ = std::make_unique<Own>(Own{std::move(request), std::move(receiver)});
  exchange->receiver_ = exchange->own_->receiver.get();
  const OwnRequest& kept = exchange->own_->request;
  Request& view = exchange->request_;
  view.method = kept.method;
  view.target = view.path = kept.path;
  for (const auto& [name, value] : kept.headers) view.headers.add(name, value);
  view.body = kept.body;
  exchange->peer_ = kept.peer;
  view.peer = exchange->peer_;
  view.received = std::chrono::steady_clock::now();
  return exchange;
}

Exchange::~Exchange() {
  if (finished_ || receiver_ == nullptr) return;
  if (started_) {
    abort();
    return;
  }
  respond({500, "text/plain", "internal error\n", {}});
}

// The callbacks go when the answer is complete, but not before the receiver has it: they often hold
// this very exchange. Nothing may be touched after them.
struct Exchange::Ending {
  AnswerReceiver* receiver;
  std::function<void()> on_gone, on_drained;
  std::function<void(const Status&)> on_body;
};

Exchange::Ending Exchange::ending() {
  finished_ = true;
  return {std::exchange(receiver_, nullptr), std::exchange(on_gone_, nullptr),
          std::exchange(on_drained_, nullptr), std::exchange(on_body_, nullptr)};
}

void Exchange::respond(const Response& response) {
  if (receiver_ == nullptr || started_) return;
  started_ = true;
  const Ending last = ending();
  last.receiver->whole(response);
}

void Exchange::start(const Response& response) {
  if (receiver_ == nullptr || started_) return;
  started_ = true;
  receiver_->head(response);
}

void Exchange::write(std::string_view bytes) {
  if (receiver_ == nullptr || finished_ || bytes.empty()) return;
  receiver_->bytes(bytes);
}

void Exchange::finish() {
  if (receiver_ == nullptr || finished_) return;
  const Ending last = ending();
  last.receiver->end();
}

void Exchange::abort() {
  if (receiver_ == nullptr || finished_) return;
  const Ending last = ending();
  last.receiver->cut();
}

size_t Exchange::pendingBytes() const {
  return receiver_ == nullptr ? 0 : receiver_->pendingBytes();
}

void Exchange::releaseRequest() {
  if (arriving()) return;
  std::string().swap(bytes_);
  spool_.reset();
  request_ = Request{};
  request_.peer = peer_;
  body_bytes_ = 0;
  if (own_) own_->request = {};
  if (receiver_ != nullptr) receiver_->requestReleased();
}

// A copy is called, for the callback may finish the answer, which drops the original.
void Exchange::drained() {
  if (const auto callback = on_drained_) callback();
}

void Exchange::bodyCame(const Status& came) {
  if (came) request_.body = spool_->view().value_or(request_.body);
  if (const auto callback = on_body_) callback(came);
}

void Exchange::hangUp() {
  receiver_ = nullptr;
  on_drained_ = nullptr;
  on_body_ = nullptr;
  if (on_gone_) std::exchange(on_gone_, nullptr)();
}

}  // namespace penstock::http
