#include "demo/delivery.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>

#include <doctest/doctest.h>

#include "demo/routes.h"
#include "http/loop.h"
#include "http/server.h"

namespace penstock::demo {
namespace {

using std::chrono::milliseconds;

constexpr int kReadMillis = 5'000;

// The demo provider as the gateway runs it: its routes on one loop, reached over a socket pair.
class DemoServer {
 public:
  DemoServer() : router_(demoRoutes(clock_), renderDemoError), server_({&loop_}, options()) {
    loop_.start();
  }
  ~DemoServer() {
    server_.close();
    loop_.stop();
  }

  http::Socket connect() {
    auto [ours, theirs] = http::socketPair();
    auto shared = std::make_shared<http::Socket>(std::move(theirs));
    loop_.post([this, shared] { server_.adopt(std::move(*shared), loop_); });
    return std::move(ours);
  }
  int64_t inFlight() { return server_.counters().in_flight.load(); }

 private:
  http::Server::Options options() {
    http::Server::Options options;
    options.handler = [this](const http::ExchangePtr& exchange) { router_.dispatch(exchange); };
    options.render_error = renderDemoError;
    return options;
  }

  SystemClock clock_;
  http::Loop loop_;
  http::Router router_;
  http::Server server_;
};

void sendRequest(const http::Socket& socket, std::string_view model, std::string_view more = "") {
  std::string body = R"({"messages":[{"role":"user","content":"hi"}],"model":")";
  body.append(model).append("\"").append(more).append("}");
  const std::string text =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  REQUIRE(::send(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(text.size()));
}

// What comes within `wait_ms` of silence, or until the end.
std::string readFrom(const http::Socket& socket, int wait_ms = kReadMillis) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    pollfd waiting{socket.fd(), POLLIN, 0};
    if (::poll(&waiting, 1, wait_ms) <= 0) return text + "<silence>";
    const ssize_t got = ::recv(socket.fd(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(got));
  }
}

std::string answerTo(std::string_view model, std::string_view more = "") {
  DemoServer server;
  const auto socket = server.connect();
  sendRequest(socket, model, more);
  return readFrom(socket);
}

size_t eventsIn(std::string_view text) {
  size_t count = 0;
  for (size_t at = text.find("data: "); at != std::string_view::npos;
       at = text.find("data: ", at + 1)) {
    ++count;
  }
  return count;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr const char* kStream = R"(,"stream":true)";

}  // namespace

TEST_SUITE("demo/delivery") {
  TEST_CASE("a whole answer has a length and ends") {
    const auto answer = answerTo("demo-chat");
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(has(answer, "Content-Length: "));
    CHECK(answer.ends_with("}"));
  }

  TEST_CASE("a stream ends with [DONE] and the last chunk") {
    const auto answer = answerTo("demo-chat:tokens=3", kStream);
    CHECK(has(answer, "Content-Type: text/event-stream"));
    CHECK(eventsIn(answer) == 1 + 3 + 1 + 1);
    CHECK(has(answer, "data: [DONE]\n\n"));
    CHECK(answer.ends_with("0\r\n\r\n"));
  }

  TEST_CASE("a long stream waits for a slow reader and loses nothing") {
    const auto answer = answerTo("demo-chat:tokens=20000", kStream);
    CHECK(eventsIn(answer) == 1 + 20'000 + 1 + 1);
  }

  TEST_CASE("latency comes before the first byte, pace between the events") {
    const auto start = std::chrono::steady_clock::now();
    answerTo("demo-chat:latency=60,tokens=4,pace=10", kStream);
    CHECK(std::chrono::steady_clock::now() - start >= milliseconds(60 + 4 * 10));
  }

  TEST_CASE("cut breaks off after so many events, without the end of the message") {
    CHECK(answerTo("demo-chat:cut=0", kStream).empty());
    const auto answer = answerTo("demo-chat:cut=3", kStream);
    CHECK(eventsIn(answer) == 3);
    CHECK_FALSE(has(answer, "0\r\n\r\n"));
  }

  TEST_CASE("cut breaks a whole answer off in its middle") {
    CHECK(answerTo("demo-chat:cut=0").empty());
    const auto answer = answerTo("demo-chat:cut=3");
    CHECK(has(answer, "chat.completion"));
    CHECK_FALSE(has(answer, "total_tokens"));
    CHECK_FALSE(has(answer, "0\r\n\r\n"));
  }

  TEST_CASE("error ends a stream with an error event, and is the status of a whole answer") {
    const auto answer = answerTo("demo-chat:error=2", kStream);
    CHECK(eventsIn(answer) == 3);
    CHECK(has(answer, "data: {\"error\":{"));
    CHECK_FALSE(has(answer, "[DONE]"));
    CHECK(answerTo("demo-chat:error=2").starts_with("HTTP/1.1 500 "));
  }

  TEST_CASE("status answers an error at once, streamed or not") {
    for (const char* more : {"", kStream}) {
      const auto answer = answerTo("demo-chat:status=503,retry-after=7", more);
      CHECK(answer.starts_with("HTTP/1.1 503 "));
      CHECK(has(answer, "Retry-After: 7\r\n"));
      CHECK(has(answer, "demo_fault"));
    }
    CHECK(answerTo("demo-chat:retry-after=1").starts_with("HTTP/1.1 429 "));
  }

  TEST_CASE("garbage is neither JSON nor events of JSON") {
    CHECK(has(answerTo("demo-chat:garbage"), "<html>"));
    const auto answer = answerTo("demo-chat:garbage=2", kStream);
    CHECK(eventsIn(answer) == 2 + 2);
    CHECK(has(answer, "data: <html>"));
  }

  TEST_CASE("stall sends so much and then nothing, until the client leaves") {
    DemoServer server;
    for (const char* more : {"", kStream}) {
      const auto socket = server.connect();
      sendRequest(socket, "demo-chat:stall=1", more);
      const auto answer = readFrom(socket, 100);
      CHECK(answer.ends_with("<silence>"));
      CHECK(has(answer, "200 OK"));
    }
  }

  TEST_CASE("a client that leaves ends its answer at once") {
    DemoServer server;
    {
      const auto socket = server.connect();
      sendRequest(socket, "demo-chat:pace=50,tokens=1000", kStream);
      CHECK(has(readFrom(socket, 20), "200 OK"));
    }
    for (int i = 0; i < 100 && server.inFlight() > 0; ++i) ::poll(nullptr, 0, 10);
    CHECK(server.inFlight() == 0);
  }

  TEST_CASE("a server that closes while answers hang leaves nothing behind") {
    DemoServer server;
    const auto socket = server.connect();
    sendRequest(socket, "demo-chat:stall=0");
    CHECK(readFrom(socket, 50) == "<silence>");
  }
}

}  // namespace penstock::demo
