#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "http/loop.h"
#include "http/server.h"
#include "http/tls.h"
#include "support/raw_socket.h"

namespace penstock::test {

// Runs `task` on the loop's thread and waits for it.
inline void onLoop(http::Loop& loop, const std::function<void()>& task) {
  std::mutex mutex;
  std::condition_variable done;
  bool ran = false;
  loop.post([&] {
    task();
    std::lock_guard lock(mutex);
    ran = true;
    done.notify_one();
  });
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return ran; });
}

// Waits until it holds; for states that another thread reaches by itself.
inline bool eventually(const std::function<bool()>& holds,
                       std::chrono::milliseconds limit = kPatience) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

// Errors in plain text, the path of the request beside them.
inline http::Response renderPlain(const http::Request& request, const ApiError& error) {
  http::Response response{
      httpStatus(error.kind), "text/plain", error.code + ": " + error.message, {}};
  response.headers.add("X-Path", request.path);
  if (error.retry_after_ms) response.headers.add("Retry-After", *error.retry_after_ms / 1000);
  return response;
}

// Answers with what it saw: method, target and body.
inline void echo(const http::ExchangePtr& exchange) {
  const http::Request& request = exchange->request();
  exchange->respond({200,
                     "text/plain",
                     std::string(request.method) + " " + std::string(request.target) + "\n" +
                         std::string(request.body),
                     {}});
}

// A server on a free port of 127.0.0.1 with a loop of its own.
class HttpServer {
 public:
  explicit HttpServer(http::Handler handler = echo, http::ServerLimits limits = {},
                      std::shared_ptr<http::TlsContext> tls = nullptr,
                      std::function<std::optional<ApiError>(const http::Request&)> admit_body = {})
      : server_({&loop_}, {limits, std::move(tls), record(std::move(handler)), renderPlain,
                           std::move(admit_body)}) {
    loop_.start();
    port_ = server_.listen("127.0.0.1:0").value();
  }
  ~HttpServer() {
    server_.close();
    loop_.stop();
  }

  uint16_t port() const { return port_; }
  http::Loop& loop() { return loop_; }
  http::Server& server() { return server_; }
  RawSocket connect() const { return RawSocket::connect(port_); }
  // Every request that reached the handler, as "METHOD TARGET BODY".
  std::vector<std::string> seen() { return *seen_.lock(); }
  std::vector<std::string> forget() { return std::exchange(*seen_.lock(), {}); }

  // Sends the bytes on a new connection, and no more; the status answered, and how it ended.
  RawResponse ask(std::string_view bytes) {
    RawSocket client = connect();
    client.send(bytes);
    return client.response(bytes.starts_with("HEAD "));
  }
  int status(std::string_view bytes) { return ask(bytes).status; }

 private:
  http::Handler record(http::Handler handler) {
    return [this, handler = std::move(handler)](const http::ExchangePtr& exchange) {
      const http::Request& request = exchange->request();
      seen_.lock()->push_back(std::string(request.method) + " " + std::string(request.target) +
                              " " + std::string(request.body));
      handler(exchange);
    };
  }

  Sync<std::vector<std::string>> seen_;
  http::Loop loop_;
  http::Server server_;
  uint16_t port_ = 0;
};

}  // namespace penstock::test
