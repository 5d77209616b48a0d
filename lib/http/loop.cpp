#include "http/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace penstock::http {
namespace {

constexpr size_t kScratchBytes = 64 << 10;
constexpr int kEventsPerWait = 256;

[[noreturn]] void throwErrno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// OpenSSL writes to sockets without MSG_NOSIGNAL: a peer that has left must not end the process.
void blockBrokenPipeSignal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

// What epoll points at: it outlives its handler until the batch of events is done, so that an event
// for a connection closed earlier in the same batch finds nobody instead of freed memory.
struct Loop::Watch {
  IoHandler* handler = nullptr;
};

Loop::Loop() : scratch_(kScratchBytes), now_(std::chrono::steady_clock::now()) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd_ < 0) throwErrno("epoll_create1");
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd_ < 0) throwErrno("eventfd");
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event) != 0) throwErrno("epoll_ctl");
}

Loop::~Loop() {
  stop();
  posted_.clear();
  destroyDoomed();
  close(wake_fd_);
  close(epoll_fd_);
}

void Loop::start() {
  running_.store(true, std::memory_order_release);
  thread_ = std::thread([this] { run(); });
}

void Loop::stop() {
  if (!thread_.joinable()) return;
  quit();
  thread_.join();
}

void Loop::quit() {
  quitting_.store(true, std::memory_order_release);
  post([] {});
}

void Loop::run() {
  thread_id_.store(std::this_thread::get_id(), std::memory_order_release);
  running_.store(true, std::memory_order_release);
  blockBrokenPipeSignal();
  while (!quitting_.load(std::memory_order_acquire)) iterate();
  runPosted();  // what was posted before quit() still happens
  retired_.clear();
  destroyDoomed();
  running_.store(false, std::memory_order_release);
}

bool Loop::onLoopThread() const {
  return thread_id_.load(std::memory_order_acquire) == std::this_thread::get_id();
}

void Loop::post(std::function<void()> task) {
  {
    std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(task));
  }
  // One wake-up serves all tasks posted before the loop looks.
  if (wake_pending_.exchange(true, std::memory_order_acq_rel)) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

void Loop::watch(int fd, IoHandler& handler) {
  const auto index = static_cast<size_t>(fd);
  if (watches_.size() <= index) watches_.resize(index + 1);
  watches_[index] = std::make_unique<Watch>(Watch{&handler});
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = watches_[index].get();
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) throwErrno("epoll_ctl");
}

void Loop::remove(int fd, IoHandler& handler) {
  const auto index = static_cast<size_t>(fd);
  if (index >= watches_.size() || !watches_[index] || watches_[index]->handler != &handler) return;
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
  watches_[index]->handler = nullptr;
  retired_.push_back(std::move(watches_[index]));
}

void Loop::destroyLater(std::shared_ptr<void> object) { doomed_.push_back(std::move(object)); }

void Loop::iterate() {
  std::array<epoll_event, kEventsPerWait> events{};
  const int count = epoll_wait(epoll_fd_, events.data(), kEventsPerWait, waitMillis());
  if (count < 0 && errno != EINTR) throwErrno("epoll_wait");
  now_ = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    if (event.data.ptr == nullptr) continue;  // the wake-up; its tasks run below
    IoHandler* handler = static_cast<Watch*>(event.data.ptr)->handler;
    if (handler != nullptr) handler->onIo(event.events);
  }
  fireTimers();
  runPosted();
  retired_.clear();
  destroyDoomed();
}

void Loop::destroyDoomed() {
  // Destructors may doom more objects; take the list first.
  while (!doomed_.empty()) {
    std::vector<std::shared_ptr<void>> doomed;
    doomed.swap(doomed_);
  }
}

void Loop::runPosted() {
  if (!wake_pending_.load(std::memory_order_acquire)) return;
  uint64_t drained = 0;
  [[maybe_unused]] const ssize_t got = ::read(wake_fd_, &drained, sizeof drained);
  wake_pending_.store(false, std::memory_order_release);
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard lock(posted_mutex_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) task();
}

int Loop::waitMillis() const {
  if (wake_pending_.load(std::memory_order_acquire)) return 0;
  if (timers_.empty()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first -
                                                                 std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(wait.count(), 0, 60'000));
}

void Loop::fireTimers() {
  firing_ = true;
  while (!timers_.empty() && timers_.begin()->first <= now_) {
    Timer& timer = *timers_.begin()->second;
    timers_.erase(timers_.begin());
    timer.queued_ = false;
    if (!timer.armed_) continue;
    if (timer.deadline_ > now_) {
      enqueue(timer, timer.deadline_);  // it was moved later meanwhile
      continue;
    }
    timer.armed_ = false;
    timer.fire_();
  }
  firing_ = false;
}

void Loop::enqueue(Timer& timer, SteadyTime at) {
  if (firing_ && at <= now_) at = now_ + std::chrono::microseconds(1);
  timers_.emplace(at, &timer);
  timer.queued_at_ = at;
  timer.queued_ = true;
}

void Loop::dequeue(Timer& timer) {
  if (!timer.queued_) return;
  const auto [first, last] = timers_.equal_range(timer.queued_at_);
  const auto found =
      std::find_if(first, last, [&](const auto& entry) { return entry.second == &timer; });
  if (found != last) timers_.erase(found);
  timer.queued_ = false;
}

void Timer::arm(SteadyTime deadline) {
  deadline_ = deadline;
  armed_ = true;
  if (queued_ && queued_at_ <= deadline) return;  // checked, and moved, when the old one fires
  loop_.dequeue(*this);
  loop_.enqueue(*this, deadline);
}

void Timer::armIn(std::chrono::milliseconds delay) { arm(loop_.now() + delay); }

void Timer::cancel() {
  armed_ = false;
  loop_.dequeue(*this);
}

}  // namespace penstock::http
