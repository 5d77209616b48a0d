#pragma once

#include <atomic>
#include <cstdint>

namespace penstock {

// A mutex for what takes less time than to fall asleep and be woken: lock() tries a while before it
// sleeps. A word instead of std::mutex's forty bytes, so that it fits beside what it guards, and
// without a call where nobody is in the way. Not recursive; whoever frees it must keep it until
// unlock() has returned.
class BriefMutex {
 public:
  void lock() {
    if (!tryLock()) lockSlowly();
  }
  void unlock() {
    if (state_.exchange(kFree, std::memory_order_release) == kAwaited) state_.notify_one();
  }

 private:
  static constexpr uint32_t kFree = 0, kHeld = 1, kAwaited = 2;  // awaited: somebody sleeps

  bool tryLock() {
    uint32_t free = kFree;
    return state_.compare_exchange_strong(free, kHeld, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void lockSlowly() {
    constexpr int kTries = 100;
    for (int i = 0; i < kTries; ++i) {
      // Looked at first: a failed exchange would take the line from its holder.
      if (state_.load(std::memory_order_relaxed) == kFree && tryLock()) return;
    }
    while (state_.exchange(kAwaited, std::memory_order_acquire) != kFree)
      state_.wait(kAwaited, std::memory_order_relaxed);
  }

  std::atomic<uint32_t> state_{kFree};
};

}  // namespace penstock
