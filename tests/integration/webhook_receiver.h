#pragma once

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {

struct Received {
  std::string body, event, delivery, signature, previous;
};

// A receiver of webhooks that nobody here wrote the server of; it can be told to fail.
class Receiver {
 public:
  Receiver() {
    server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      ++attempts_;
      response.status = down ? 503 : 204;
      if (!down) {
        received_.push_back({request.body, request.get_header_value("X-Modelux-Event"),
                             request.get_header_value("X-Modelux-Delivery"),
                             request.get_header_value("X-Modelux-Signature"),
                             request.get_header_value("X-Modelux-Signature-Previous")});
      }
      changed_.notify_all();
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Receiver() { server_.stop(); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  // Waits until that many were received.
  std::vector<Received> waitFor(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(15), [&] { return received_.size() >= count; });
    return received_;
  }
  void waitForAttempts(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(15), [&] { return attempts_ >= count; });
    CHECK(attempts_ >= count);
  }
  std::atomic<bool> down{false};

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Received> received_;
  int attempts_ = 0;
  httplib::Server server_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace penstock::test
