#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace penstock {

// The current value of something immutable that is replaced whole. Thread-safe.
// A mutex, not std::atomic<std::shared_ptr>: libstdc++ 12's version trips ThreadSanitizer. Hot
// readers hold a Reader, which takes the mutex only after a publish.
template <typename T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> first) : current_(std::move(first)) {}

  std::shared_ptr<const T> get() const {
    std::lock_guard lock(mutex_);
    return current_;
  }

  // When this returns, every get() (and every Reader::get()) that starts later sees `next`.
  void publish(std::shared_ptr<const T> next) {
    {
      std::lock_guard lock(mutex_);
      current_.swap(next);
      version_.fetch_add(1, std::memory_order_release);
    }
  }

  // One thread's cached view: an atomic load a call while nothing changes.
  class Reader {
   public:
    explicit Reader(const Published& source) : source_(source) {}
    const std::shared_ptr<const T>& get() {
      const uint64_t version = source_.version_.load(std::memory_order_acquire);
      if (version != version_ || !cached_) {
        cached_ = source_.get();
        version_ = version;
      }
      return cached_;
    }

   private:
    const Published& source_;
    uint64_t version_ = 0;
    std::shared_ptr<const T> cached_;
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;
  std::atomic<uint64_t> version_{1};
};

}  // namespace penstock
