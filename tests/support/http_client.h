#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "http/client.h"
#include "http/resolver.h"
#include "http/tls.h"
#include "support/http_server.h"

namespace penstock::test {

// A client on a loop of its own (or on a given one), driven from the test's thread.
class HttpClient {
 public:
  explicit HttpClient(http::ClientOptions options = {},
                      std::shared_ptr<http::TlsContext> tls = nullptr, http::Loop* loop = nullptr)
      : loop_(loop != nullptr ? *loop : own_loop_) {
    if (loop == nullptr) own_loop_.start();
    onLoop(loop_, [&] { client_.emplace(loop_, resolver_, std::move(tls), std::move(options)); });
  }
  ~HttpClient() {
    onLoop(loop_, [&] { client_.reset(); });
  }

  http::Client& client() { return *client_; }  // on the loop only
  http::Loop& loop() { return loop_; }
  size_t idle() {
    size_t count = 0;
    onLoop(loop_, [&] { count = client_->idleConnections(); });
    return count;
  }

 private:
  http::Loop own_loop_;
  http::Loop& loop_;
  http::Resolver resolver_;
  std::optional<http::Client> client_;
};

// One call and what became of it. The hooks run on the loop; they may cancel().
class TestCall final : public http::CallObserver {
  template <typename Read>
  auto locked(Read read) const {
    std::lock_guard lock(mutex_);
    return read();
  }

 public:
  explicit TestCall(HttpClient& client) : client_(client) {}
  ~TestCall() override {
    onLoop(client_.loop(), [&] { call_.reset(); });
  }

  TestCall& start(http::ClientRequest request) {
    onLoop(client_.loop(), [&] { startOnLoop(std::move(request)); });
    return *this;
  }
  void startOnLoop(http::ClientRequest request) {
    call_ = client_.client().start(std::move(request), *this);
  }
  void cancel() { call_.reset(); }  // on the loop
  http::Call* operator->() { return call_.get(); }

  // Waits for the end; false when it did not come in time.
  bool wait(std::chrono::milliseconds limit = kPatience) {
    std::unique_lock lock(mutex_);
    return over_.wait_for(lock, limit, [&] { return ended_ || failure_; });
  }
  // After wait() said so.
  bool ended() { return wait() && !failure_; }
  std::optional<http::FailureKind> failure() {
    return wait() && failure_ ? std::optional(failure_->kind) : std::nullopt;
  }
  std::string detail() { return wait() && failure_ ? failure_->detail : ""; }
  int status() const {
    return locked([&] { return status_; });
  }
  std::string header(const std::string& name) const {
    return locked([&] { return std::string(headers_.get(name)); });
  }
  std::string body() const {
    return locked([&] { return body_; });
  }
  size_t size() const {
    return locked([&] { return body_.size(); });
  }
  int callbacks() const {
    return locked([&] { return callbacks_; });
  }

  std::function<void()> on_head, on_data, on_end, on_failure;

 private:
  void note(const std::function<void()>& change) {
    std::lock_guard lock(mutex_);
    ++callbacks_;
    change();
    over_.notify_all();
  }
  void onHead(const http::ResponseHead& head) override {
    note([&] {
      status_ = head.status;
      for (const auto& field : head.headers) headers_.add(field.name, field.value);
    });
    if (on_head) on_head();
  }
  void onData(std::string_view bytes) override {
    note([&] { body_ += bytes; });
    if (on_data) on_data();
  }
  void onEnd() override {
    if (on_end) on_end();
    note([&] { ended_ = true; });
  }
  void onFailure(const http::Failure& failure) override {
    if (on_failure) on_failure();
    note([&] { failure_ = failure; });
  }

  HttpClient& client_;
  std::unique_ptr<http::Call> call_;
  mutable std::mutex mutex_;
  std::condition_variable over_;
  int status_ = 0;
  int callbacks_ = 0;
  http::Headers headers_;
  std::string body_;
  bool ended_ = false;
  std::optional<http::Failure> failure_;
};

// A POST to 127.0.0.1.
inline http::ClientRequest localRequest(uint16_t port,
                                        std::vector<std::string_view> body = {"hello"}) {
  http::ClientRequest request;
  request.origin = {http::Origin::Scheme::Http, "127.0.0.1", port, true,
                    "127.0.0.1:" + std::to_string(port)};
  request.path = "/v1/x";
  request.body = std::move(body);
  return request;
}

}  // namespace penstock::test
