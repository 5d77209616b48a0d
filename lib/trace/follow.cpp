#include "trace/follow.h"

#include <algorithm>
#include <utility>

namespace penstock::trace {

void Feed::onNews(const std::function<void()>& wake) {
  bool waiting = false;
  {
    auto state = state_.lock();
    state->wake = wake;
    waiting = state->told;
  }
  if (waiting) wake();
}

Feed::News Feed::take() {
  auto state = state_.lock();
  state->told = false;
  News news = std::exchange(state->news, {});
  state->news.closed = news.closed;
  return news;
}

// The follower is woken outside of the lock, for it may take at once.
void Feed::change(const std::function<void(News&)>& add) {
  std::function<void()> wake;
  {
    auto state = state_.lock();
    add(state->news);
    if (!std::exchange(state->told, true)) wake = state->wake;
  }
  if (wake) wake();
}

void Feed::put(Text row) {
  change([&](News& news) {
    if (news.rows.size() < capacity_) {
      news.rows.push_back(std::move(row));
    } else {
      ++news.dropped;
    }
  });
}

void Feed::close() {
  change([](News& news) { news.closed = true; });
}

Result<std::shared_ptr<Feed>> Followers::follow(store::LogFilter filter) {
  auto state = state_.lock();
  if (state->closed) {
    return ApiError{ErrorKind::Overloaded, "draining", "the gateway is stopping"};
  }
  std::erase_if(state->feeds, [](const std::weak_ptr<Feed>& feed) { return feed.expired(); });
  if (state->feeds.size() >= limits_.followers) {
    ApiError error{ErrorKind::RateLimited, "too_many_followers",
                   std::to_string(limits_.followers) + " follow already, which is the most"};
    error.retry_after_ms = 1000;
    return error;
  }
  auto feed = std::make_shared<Feed>(std::move(filter), limits_.rows);
  state->feeds.push_back(feed);
  return feed;
}

std::vector<std::shared_ptr<Feed>> Followers::present() {
  std::vector<std::shared_ptr<Feed>> present;
  auto state = state_.lock();
  for (const std::weak_ptr<Feed>& feed : state->feeds) {
    if (auto held = feed.lock()) present.push_back(std::move(held));
  }
  return present;
}

void Followers::tell(std::span<const model::RequestLog> rows) {
  const auto feeds = present();
  if (feeds.empty()) return;
  for (const model::RequestLog& row : rows) {
    Feed::Text text;
    for (const auto& feed : feeds) {
      if (!feed->wants(row)) continue;
      if (!text) text = std::make_shared<const std::string>(render_(row));
      feed->put(text);
    }
  }
}

void Followers::close() {
  state_.lock()->closed = true;
  for (const auto& feed : present()) feed->close();
}

size_t Followers::count() { return present().size(); }

}  // namespace penstock::trace
