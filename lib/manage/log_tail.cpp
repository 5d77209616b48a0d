#include "manage/log_tail.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "http/loop.h"
#include "http/sse.h"

namespace penstock::manage {
namespace {

// What a reader may be behind in its socket before rows wait in its feed, where they are bounded.
constexpr size_t kMaxPendingBytes = 256 << 10;

// One follower's stream, on the exchange's loop. Holds itself until its end, and has its feed until
// then; callbacks hold it weakly.
class LogTail final : public std::enable_shared_from_this<LogTail> {
 public:
  LogTail(http::ExchangePtr exchange, std::shared_ptr<trace::Feed> feed, LogTailOptions options)
      : exchange_(std::move(exchange)),
        feed_(std::move(feed)),
        options_(std::move(options)),
        timer_(exchange_->loop(), [this] { glance(); }) {}

  void begin();

 private:
  void listen();
  void forward();
  void glance();
  void send(std::string_view bytes);
  void end(std::string_view reason);
  void letGo();

  // Constant after construction.
  const http::ExchangePtr exchange_;
  std::shared_ptr<trace::Feed> feed_;
  const LogTailOptions options_;
  std::optional<SteadyTime> until_;
  http::Timer timer_;
  SteadyTime last_sent_;
  bool closed_ = false;            // the feed was, at the last glance
  std::shared_ptr<LogTail> self_;  // until the end
};

void LogTail::begin() {
  self_ = shared_from_this();
  const SteadyTime now = exchange_->loop().now();
  if (options_.at_most) until_ = now + *options_.at_most;
  const std::weak_ptr<LogTail> weak = self_;
  exchange_->onGone([weak] {
    if (const auto self = weak.lock()) self->letGo();
  });
  exchange_->onDrained([weak] {
    if (const auto self = weak.lock()) self->forward();
  });
  send(": following\n\n");
  listen();
  glance();
}

// The recorder's thread tells of news; they are taken on the loop.
void LogTail::listen() {
  feed_->onNews([&loop = exchange_->loop(), weak = std::weak_ptr<LogTail>(self_)] {
    loop.post([weak] {
      if (const auto self = weak.lock()) self->forward();
    });
  });
}

// Sends what there is, unless the reader is behind: then it waits in the feed until it has caught
// up.
void LogTail::forward() {
  if (!feed_ || exchange_->pendingBytes() > kMaxPendingBytes) return;
  if (!options_.allowed()) return end("access_changed");
  const trace::Feed::News news = feed_->take();
  std::string out;
  for (const trace::Feed::Text& row : news.rows) http::appendSseEvent(out, "", *row);
  if (news.dropped > 0) {
    http::appendSseEvent(out, "dropped", fmt::format(R"({{"count":{}}})", news.dropped));
  }
  if (!out.empty()) send(out);
  if (news.closed) end("draining");
}

void LogTail::glance() {
  if (!options_.allowed()) return end("access_changed");
  const SteadyTime now = exchange_->loop().now();
  if (until_ && now >= *until_) return end("time_over");
  if (std::exchange(closed_, feed_->closed())) {
    // Who has not come to the end in a whole glance holds up the gateway's.
    exchange_->abort();
    return letGo();
  }
  if (now - last_sent_ >= options_.heartbeat) send(": heartbeat\n\n");
  const SteadyTime next = now + options_.glance;
  timer_.arm(until_ ? std::min(next, *until_) : next);
}

void LogTail::send(std::string_view bytes) {
  last_sent_ = exchange_->loop().now();
  exchange_->write(bytes);
}

void LogTail::end(std::string_view reason) {
  std::string last;
  http::appendSseEvent(last, "end", fmt::format(R"({{"reason":"{}"}})", reason));
  send(last);
  exchange_->finish();
  letGo();
}

// The feed goes at once, so that its place is free for another; we when no callback of ours runs.
void LogTail::letGo() {
  timer_.cancel();
  feed_.reset();
  exchange_->loop().destroyLater(std::exchange(self_, nullptr));
}

}  // namespace

void followLogs(const http::ExchangePtr& exchange, std::shared_ptr<trace::Feed> feed,
                LogTailOptions options) {
  std::make_shared<LogTail>(exchange, std::move(feed), std::move(options))->begin();
}

}  // namespace penstock::manage
