#pragma once

#include <strings.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/loop.h"
#include "http/server.h"
#include "support/patience.h"

namespace penstock::test {

// What an upstream saw of one request.
struct Seen {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> headers;

  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key.size() == name.size() && strncasecmp(key.c_str(), name.data(), name.size()) == 0)
        return value;
    }
    return "";
  }
};

// An upstream on a loopback port that records every request and answers as scripted. The script
// runs on the upstream's own loop.
class FakeUpstream {
 public:
  using Script = std::function<void(const http::ExchangePtr&)>;

  explicit FakeUpstream(Script script) : script_(std::move(script)) {
    http::Server::Options options;
    options.handler = [this](const http::ExchangePtr& exchange) { take(exchange); };
    options.render_error = [](const http::Request&, const ApiError& error) {
      return http::Response{httpStatus(error.kind), "text/plain", error.message, {}};
    };
    server_ = std::make_unique<http::Server>(std::vector<http::Loop*>{&loop_}, std::move(options));
    loop_.start();
    port_ = server_->listen("127.0.0.1:0").value();
  }
  ~FakeUpstream() { stop(); }

  // Ends its thread: what the script kept may be let go of then.
  void stop() {
    server_->close();
    loop_.stop();
  }

  std::string baseUrl() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }
  std::vector<Seen> seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
  }
  int64_t clientsGone() const {
    std::lock_guard lock(mutex_);
    return gone_;
  }
  // Waits until that many callers have hung up on an unfinished answer.
  bool waitGone(int64_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return gone_ >= count; });
  }
  bool waitSeen(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return seen_.size() >= count; });
  }

 private:
  void take(const http::ExchangePtr& exchange) {
    const http::Request& request = exchange->request();
    Seen seen{
        std::string(request.method), std::string(request.target), std::string(request.body), {}};
    for (const auto& header : request.headers) seen.headers.emplace_back(header.name, header.value);
    exchange->onGone([this] {
      std::lock_guard lock(mutex_);
      ++gone_;
      changed_.notify_all();
    });
    {
      std::lock_guard lock(mutex_);
      seen_.push_back(std::move(seen));
      changed_.notify_all();
    }
    script_(exchange);
  }

  Script script_;
  http::Loop loop_;
  std::unique_ptr<http::Server> server_;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Seen> seen_;
  int64_t gone_ = 0;
};

// Answers every request with this JSON.
inline FakeUpstream::Script answering(std::string body, int status = 200) {
  return [body, status](const http::ExchangePtr& exchange) {
    exchange->respond({status, "application/json", body, {}});
  };
}

// Streams these events, each ended by a blank line, then ends cleanly.
inline FakeUpstream::Script streaming(std::vector<std::string> events) {
  return [events](const http::ExchangePtr& exchange) {
    exchange->start({200, "text/event-stream", "", {}});
    for (const std::string& event : events) exchange->write("data: " + event + "\n\n");
    exchange->finish();
  };
}

}  // namespace penstock::test
