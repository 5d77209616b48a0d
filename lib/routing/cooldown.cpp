#include "routing/cooldown.h"

#include <algorithm>

namespace penstock::routing {

Standing Cooldown::standing(UnixMillis now) const {
  const UnixMillis blocked = blocked_until_.load(std::memory_order_acquire);
  if (now < blocked) {
    return {Readiness::Blocked, blocked, block_reason_.load(std::memory_order_relaxed)};
  }
  const UnixMillis held = held_until_.load(std::memory_order_acquire);
  if (now < held) return {Readiness::Last, held, hold_reason_.load(std::memory_order_relaxed)};
  return {};
}

void Cooldown::block(int64_t for_ms, const char* reason, UnixMillis now) {
  const UnixMillis until = now + std::clamp<int64_t>(for_ms, 0, kLongestBlock);
  std::lock_guard lock(mutex_);
  since_ = now;
  if (until <= blocked_until_) return;
  block_reason_ = reason;
  blocked_until_.store(until, std::memory_order_release);
}

void Cooldown::hold(int64_t for_ms, const char* reason, UnixMillis now) {
  std::lock_guard lock(mutex_);
  since_ = now;
  if (now + for_ms <= held_until_) return;
  hold_reason_ = reason;
  held_until_.store(now + for_ms, std::memory_order_release);
}

void Cooldown::backOff(const Backoff& backoff, const Refusal& refusal, UnixMillis now) {
  std::lock_guard lock(mutex_);
  if (since_ != 0 && refusal.began_at <= since_) return;
  const int64_t wait = std::clamp(next_ms_, backoff.first_ms, backoff.most_ms);
  next_ms_ = wait * 2;
  since_ = now;
  const auto jitter = static_cast<int64_t>(refusal.random % static_cast<uint64_t>(wait / 5 + 1));
  const UnixMillis until = now + wait - jitter;
  if (until <= held_until_) return;
  hold_reason_ = refusal.reason;
  held_until_.store(until, std::memory_order_release);
}

void Cooldown::succeeded(UnixMillis began_at) {
  const UnixMillis since = since_.load(std::memory_order_acquire);
  if (since == 0 || began_at <= since) return;
  std::lock_guard lock(mutex_);
  if (began_at <= since_) return;
  since_ = 0;
  next_ms_ = 0;
  held_until_ = 0;
}

void Cooldown::forget() {
  std::lock_guard lock(mutex_);
  since_ = 0;
  next_ms_ = 0;
  held_until_ = 0;
  blocked_until_ = 0;
}

}  // namespace penstock::routing
