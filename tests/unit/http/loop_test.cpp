#include "http/loop.h"

#include <doctest/doctest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <optional>
#include <thread>

#include "http/socket.h"
#include "support/http_server.h"

using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

struct Watcher final : IoHandler {
  explicit Watcher(std::function<void(uint32_t)> call) : call_(std::move(call)) {}
  void onIo(uint32_t events) override { call_(events); }
  std::function<void(uint32_t)> call_;
};

}  // namespace

TEST_SUITE("http/loop") {
  TEST_CASE(
      "tasks from many threads run once each, in the order of each thread, on the loop's thread") {
    Loop loop;
    loop.start();
    constexpr int kThreads = 4;
    constexpr int kTasks = 2000;
    std::array<int, kThreads> next{};
    std::atomic<int> wrong{0};
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
          for (int i = 0; i < kTasks; ++i) {
            loop.post([&, t, i] {
              if (next[static_cast<size_t>(t)]++ != i || !loop.onLoopThread()) ++wrong;
            });
          }
        });
      }
    }
    onLoop(loop, [] {});
    for (const int count : next) CHECK(count == kTasks);
    CHECK(wrong == 0);
    CHECK(!loop.onLoopThread());
  }

  TEST_CASE("a loop knows whether it runs, and runs what was posted before it was told to stop") {
    Loop loop;
    CHECK(!loop.running());
    loop.start();
    CHECK(loop.running());
    bool ran = false;
    loop.post([&] { ran = true; });
    loop.stop();
    loop.stop();
    CHECK(ran);
    CHECK(!loop.running());
  }

  TEST_CASE("run() on the calling thread returns at quit()") {
    Loop loop;
    loop.post([&] { loop.quit(); });
    loop.run();
    CHECK(!loop.running());
  }

  TEST_CASE("timers fire in order, move later for free, and earlier too") {
    Loop loop;
    loop.start();
    std::string fired;
    std::mutex mutex;
    std::condition_variable done;
    std::optional<Timer> a, b, c, d;
    onLoop(loop, [&] {
      const auto note = [&](char name) {
        std::lock_guard lock(mutex);
        fired += name;
        done.notify_one();
      };
      a.emplace(loop, [=] { note('a'); });
      b.emplace(loop, [=] { note('b'); });
      c.emplace(loop, [=] { note('c'); });
      d.emplace(loop, [=] { note('d'); });
      a->armIn(milliseconds(10));
      a->armIn(milliseconds(40));  // later
      b->armIn(milliseconds(5'000));
      b->armIn(milliseconds(15));  // earlier
      c->armIn(milliseconds(1));
      c->cancel();
      d->armIn(milliseconds(60));
    });
    std::unique_lock lock(mutex);
    CHECK(done.wait_for(lock, std::chrono::seconds(5), [&] { return fired.ends_with('d'); }));
    CHECK(fired == "bad");
    lock.unlock();
    onLoop(loop, [&] {
      a.reset();
      b.reset();
      c.reset();
      d.reset();
    });
  }

  TEST_CASE("a disarmed timer does not fire, and can be armed again") {
    Loop loop;
    loop.start();
    int fired = 0;
    std::optional<Timer> timer, end;
    std::atomic<bool> over{false};
    onLoop(loop, [&] {
      timer.emplace(loop, [&] { ++fired; });
      end.emplace(loop, [&] { over = true; });
      timer->armIn(milliseconds(5));
      timer->disarm();
      end->armIn(milliseconds(20));
    });
    CHECK(eventually([&] { return over.load(); }));
    onLoop(loop, [&] {
      CHECK(fired == 0);
      timer->armIn(milliseconds(0));
    });
    CHECK(eventually([&] {
      bool once = false;
      onLoop(loop, [&] { once = fired == 1; });
      return once;
    }));
    onLoop(loop, [&] {
      timer.reset();
      end.reset();
    });
  }

  TEST_CASE("a handler removed earlier in a batch hears nothing more") {
    Loop loop;
    auto [first, first_peer] = socketPair();
    auto [second, second_peer] = socketPair();
    int heard = 0;
    // Both become ready at once; whoever is called first removes and destroys the other.
    std::unique_ptr<Watcher> one, two;
    one = std::make_unique<Watcher>([&](uint32_t events) {
      if ((events & EPOLLIN) == 0) return;
      ++heard;
      loop.remove(second.fd(), *two);
      two.reset();
    });
    two = std::make_unique<Watcher>([&](uint32_t events) {
      if ((events & EPOLLIN) == 0) return;
      ++heard;
      loop.remove(first.fd(), *one);
      one.reset();
    });
    loop.watch(first.fd(), *one);
    loop.watch(second.fd(), *two);
    CHECK(::write(first_peer.fd(), "x", 1) == 1);
    CHECK(::write(second_peer.fd(), "x", 1) == 1);
    loop.start();
    onLoop(loop, [] {});
    onLoop(loop, [] {});
    loop.stop();
    CHECK(heard == 1);
    if (one) loop.remove(first.fd(), *one);
    if (two) loop.remove(second.fd(), *two);
  }

  TEST_CASE("doomed objects outlive their batch, and what they doom in turn dies too") {
    struct Noisy {
      explicit Noisy(std::function<void()> end) : end_(std::move(end)) {}
      ~Noisy() { end_(); }
      std::function<void()> end_;
    };
    Loop loop;
    int alive = 2;
    loop.post([&] {
      loop.destroyLater(std::make_shared<Noisy>([&] {
        --alive;
        loop.destroyLater(std::make_shared<Noisy>([&] { --alive; }));
      }));
      CHECK(alive == 2);
      loop.quit();
    });
    loop.run();
    CHECK(alive == 0);
  }

  TEST_CASE("a loop's thread survives writing to a peer that has left") {
    Loop loop;
    loop.start();
    onLoop(loop, [] {
      auto [ours, theirs] = socketPair();
      theirs.close();
      CHECK(::write(ours.fd(), "x", 1) == -1);  // SIGPIPE would have ended us
    });
  }
}
