#pragma once

#include <condition_variable>
#include <mutex>

namespace penstock {

// Data that can only be touched while its mutex is held (after Nix's Sync):
//   Sync<std::map<…>> table;  auto locked = table.lock();  locked->insert(…);
template <typename T>
class Sync {
 public:
  Sync() = default;
  explicit Sync(T data) : data_(std::move(data)) {}

  class Lock {
   public:
    explicit Lock(Sync& owner) : owner_(owner), lock_(owner.mutex_) {}
    T* operator->() { return &owner_.data_; }
    T& operator*() { return owner_.data_; }
    template <typename Predicate>
    void wait(std::condition_variable& condition, Predicate predicate) {
      condition.wait(lock_, predicate);
    }
    template <typename Duration, typename Predicate>
    bool waitFor(std::condition_variable& condition, Duration duration, Predicate predicate) {
      return condition.wait_for(lock_, duration, predicate);
    }

   private:
    Sync& owner_;
    std::unique_lock<std::mutex> lock_;
  };

  Lock lock() { return Lock(*this); }

 private:
  std::mutex mutex_;
  T data_;
};

}  // namespace penstock
