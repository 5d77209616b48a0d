#include "demo/delivery.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "demo/answer.h"
#include "http/loop.h"
#include "http/stream_headers.h"

namespace penstock::demo {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxPendingBytes = 64 << 10;  // unsent; then wait for the socket
constexpr size_t kBurstEvents = 64;            // then let the loop serve others
constexpr milliseconds kMaxWait{600'000};
constexpr std::string_view kGarbageBody = "<html>this is {not JSON: [1, 2,,";
constexpr std::string_view kGarbageEvents =
    "data: {\"choices\": [{\"delta\": {\"content\": \n\ndata: <html>rubbish</html>\n\n";

// The two halves of a whole body as "events", so that cut and stall mean the same for both kinds.
class Halves final : public EventSource {
 public:
  explicit Halves(std::string body) : body_(std::move(body)), rest_(body_) {}
  bool next(std::string& event) override {
    if (rest_.empty()) return false;
    const size_t size = rest_.size() == body_.size() ? (body_.size() + 1) / 2 : rest_.size();
    event.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return true;
  }

 private:
  const std::string body_;
  std::string_view rest_;
};

// One running answer. It owns itself from begin() to end(); the timer and the exchange's callbacks
// come on the loop's thread only.
class Delivery final : public std::enable_shared_from_this<Delivery> {
 public:
  Delivery(http::ExchangePtr exchange, const Faults& faults, http::Response head,
           std::unique_ptr<EventSource> events)
      : exchange_(std::move(exchange)),
        faults_(faults),
        head_(std::move(head)),
        events_(std::move(events)),
        timer_(exchange_->loop(), [this] { step(); }) {}

  // `whole`: answer it with a length of its own instead of in pieces.
  void begin(milliseconds wait);
  void answerWhole() { whole_ = true; }

 private:
  enum class Next { Continue, Wait, End };
  void step();
  Next sendOne();
  std::optional<Next> applyFault();
  Next sendLast(std::string_view bytes);
  void startOnce();
  void continueLater();
  void end();

  // Constant after begin().
  const http::ExchangePtr exchange_;
  const Faults faults_;
  const http::Response head_;
  bool whole_ = false;
  // Used by the loop's thread only.
  std::unique_ptr<EventSource> events_;
  http::Timer timer_;
  uint64_t sent_ = 0;
  bool blocked_ = false;  // the socket is full; onDrained goes on
  std::string event_;
  std::shared_ptr<Delivery> self_;
};

void Delivery::begin(milliseconds wait) {
  self_ = shared_from_this();
  const std::weak_ptr<Delivery> weak = self_;
  exchange_->onGone([weak] {
    if (const auto self = weak.lock()) self->end();
  });
  exchange_->onDrained([weak] {
    const auto self = weak.lock();
    if (self && std::exchange(self->blocked_, false)) self->step();
  });
  if (wait > milliseconds(0)) {
    timer_.armIn(std::min(wait, kMaxWait));
  } else {
    step();
  }
}

// Sends what may be sent now. Called again by the timer, or when the socket has drained.
void Delivery::step() {
  for (size_t i = 0; i < kBurstEvents; ++i) {
    if (!self_) return;  // the client left
    const Next next = sendOne();
    if (next == Next::Wait) return;
    if (next == Next::End) return end();
  }
  continueLater();
}

// Posted, not a timer of zero: the loop fires due timers until none is left.
void Delivery::continueLater() {
  exchange_->loop().post([weak = std::weak_ptr<Delivery>(self_)] {
    if (const auto self = weak.lock()) self->step();
  });
}

Delivery::Next Delivery::sendOne() {
  if (const auto next = applyFault()) return *next;
  if (whole_) {
    exchange_->respond(head_);
    return Next::End;
  }
  if (!events_->next(event_)) {
    startOnce();
    exchange_->finish();
    return Next::End;
  }
  startOnce();
  exchange_->write(event_);
  ++sent_;
  blocked_ = self_ && exchange_->pendingBytes() > kMaxPendingBytes;
  if (!self_ || blocked_) return Next::Wait;
  if (faults_.pace == milliseconds(0)) return Next::Continue;
  timer_.armIn(faults_.pace);
  return Next::Wait;
}

std::optional<Delivery::Next> Delivery::applyFault() {
  if (faults_.cut == sent_) {
    exchange_->abort();
    return Next::End;
  }
  if (faults_.stall == sent_) return Next::Wait;
  if (faults_.garbage == sent_) {
    const bool json = head_.content_type == "application/json";
    return sendLast(json ? kGarbageBody : kGarbageEvents);
  }
  if (faults_.error == sent_) {
    return sendLast(
        "data: " +
        errorBody("The demo provider was asked to fail here.", "server_error", "demo_fault", "") +
        "\n\n");
  }
  return std::nullopt;
}

Delivery::Next Delivery::sendLast(std::string_view bytes) {
  startOnce();
  exchange_->write(bytes);
  exchange_->finish();
  return Next::End;
}

void Delivery::startOnce() {
  if (!exchange_->started()) exchange_->start(head_);
}

// The timer may be what calls, so this object outlives the batch of events.
void Delivery::end() {
  timer_.cancel();
  if (self_) exchange_->loop().destroyLater(std::move(self_));
}

bool refuses(const Faults& faults) { return faults.status || faults.retry_after; }

http::Response refusal(const Faults& faults) {
  http::Response response = faultAnswer(faults.status.value_or(429));
  if (faults.retry_after) {
    response.headers.add("Retry-After", *faults.retry_after);
  }
  return response;
}

void deliverWhole(const http::ExchangePtr& exchange, const Faults& faults, http::Response response,
                  milliseconds wait) {
  const bool broken = faults.cut || faults.stall || faults.garbage;
  auto halves = std::make_unique<Halves>(broken ? response.body : std::string());
  const auto delivery =
      std::make_shared<Delivery>(exchange, faults, std::move(response), std::move(halves));
  if (!broken) delivery->answerWhole();
  delivery->begin(wait);
}

// Faults of an answer in one piece: its pace is spent before it, an error is its status, and what
// happens after any number of events happens in its middle.
Faults wholeFaults(Faults faults) {
  faults.pace = milliseconds(0);
  for (auto* count : {&faults.cut, &faults.stall, &faults.garbage}) {
    if (*count) *count = std::min<uint64_t>(**count, 1);
  }
  if (faults.error && !faults.status) faults.status = 500;
  faults.error.reset();
  return faults;
}

}  // namespace

void deliver(const http::ExchangePtr& exchange, const Faults& asked, http::Response response,
             uint64_t tokens) {
  const Faults faults = wholeFaults(asked);
  if (refuses(faults)) return deliverWhole(exchange, faults, refusal(faults), faults.latency);
  const auto making = asked.pace * static_cast<int64_t>(std::min<uint64_t>(tokens, 1'000'000));
  deliverWhole(exchange, faults, std::move(response), faults.latency + making);
}

void deliver(const http::ExchangePtr& exchange, const Faults& faults,
             std::unique_ptr<EventSource> events, const std::string& content_type) {
  if (refuses(faults)) {
    return deliverWhole(exchange, wholeFaults(faults), refusal(faults), faults.latency);
  }
  http::Response head;
  head.content_type = content_type;
  http::addStreamHeaders(head.headers);
  std::make_shared<Delivery>(exchange, faults, std::move(head), std::move(events))
      ->begin(faults.latency);
}

}  // namespace penstock::demo
