#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace penstock::http {

// Receives the readiness of one file descriptor. Edge-triggered: read or write until EAGAIN.
class IoHandler {
 public:
  virtual ~IoHandler() = default;
  virtual void onIo(uint32_t epoll_events) = 0;
};

class Loop;

// A deadline on a loop. Moving it later costs nothing (it is checked when the old one fires), so
// one timer serves a connection for all its requests. Disarmed by its destructor.
class Timer {
 public:
  Timer(Loop& loop, std::function<void()> fire) : loop_(loop), fire_(std::move(fire)) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // A deadline that has passed fires in the loop's next round, never within the callback's own, so
  // that a timer which re-arms itself starves nobody.
  void arm(SteadyTime deadline);
  void armIn(std::chrono::milliseconds delay);
  void cancel();
  // Like cancel(), but leaves the place in the queue for the next arm(): for timers that are
  // disarmed and armed again with every request.
  void disarm() { armed_ = false; }

 private:
  friend class Loop;
  Loop& loop_;
  std::function<void()> fire_;
  SteadyTime deadline_{};   // when to fire
  SteadyTime queued_at_{};  // where it stands in the loop's queue
  bool armed_ = false;
  bool queued_ = false;
};

// One epoll and one thread; connections live on one loop for life, so their state needs no lock.
// post() is for every thread; the rest is for the loop's own thread (or before start()).
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start();  // runs the loop on a thread of its own
  void stop();   // ends it after the current batch and joins; idempotent
  void run();    // or runs it on the calling thread until stop() is posted
  void quit();   // makes run() return; any thread

  void post(std::function<void()> task);
  bool onLoopThread() const;
  // True from start() or run() until the loop has ended. When false, nobody runs what is posted,
  // and the loop's objects may be used from the thread that starts and stops it.
  bool running() const { return running_.load(std::memory_order_acquire); }

  // Watches fd for in, out and peer-hangup, edge-triggered. The handler must remove() before it
  // dies.
  void watch(int fd, IoHandler& handler);
  void remove(int fd, IoHandler& handler);

  // Time at the start of the current batch; fresh enough for deadlines, free to read.
  SteadyTime now() const { return now_; }
  // A buffer that every handler may use within one call, so that idle connections hold none.
  std::span<char> scratch() { return scratch_; }
  // Destroys it after the current batch of events: for objects that must outlive their own
  // callback.
  void destroyLater(std::shared_ptr<void> object);

 private:
  friend class Timer;
  struct Watch;
  void iterate();
  void destroyDoomed();
  void runPosted();
  void fireTimers();
  int waitMillis() const;
  void enqueue(Timer& timer, SteadyTime at);
  void dequeue(Timer& timer);

  // Constant after construction.
  int epoll_fd_ = -1;
  int wake_fd_ = -1;
  // Used by the loop's thread only.
  std::vector<char> scratch_;
  SteadyTime now_;
  std::multimap<SteadyTime, Timer*> timers_;
  bool firing_ = false;
  std::vector<std::unique_ptr<Watch>> watches_;  // by fd
  std::vector<std::unique_ptr<Watch>> retired_;
  std::vector<std::shared_ptr<void>> doomed_;
  // Any thread.
  std::atomic<bool> running_{false};
  std::atomic<bool> quitting_{false};
  std::atomic<bool> wake_pending_{false};
  std::atomic<std::thread::id> thread_id_{};
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;  // Guarded by posted_mutex_.
  std::thread thread_;
};

}  // namespace penstock::http
