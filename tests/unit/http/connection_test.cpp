#include "http/connection.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/sync.h"
#include "support/http_server.h"
#include "support/temp_dir.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string post(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// A server that streams every body past a kilobyte, and keeps its requests for the test.
struct Streaming {
  explicit Streaming(ServerLimits limits = {})
      : server({&loop}, optionsOf(directory.path(), std::move(limits))) {
    loop.start();
    port = server.listen("127.0.0.1:0").value();
  }
  ~Streaming() {
    server.close();
    onLoop(loop, [&] { exchange.reset(); });
    loop.stop();
  }
  Server::Options optionsOf(const std::filesystem::path& spool, ServerLimits limits) {
    Server::Options options;
    options.limits = std::move(limits);
    options.limits.spool_bytes = 1024;
    options.limits.spool_directory = spool;
    options.render_error = renderPlain;
    options.body_rule = [](const Request&) {
      return BodyRule{.most = 10U << 20, .spooled = true, .streamed = true};
    };
    options.handler = [this](const ExchangePtr& came) {
      exchange = came;
      if (at_once) return came->respond({200, "text/plain", "at once", {}});
      noteBody(Unit{});
      came->onBody([this](const Status& status) {
        if (throws) throw std::runtime_error("a defect");
        noteBody(status);
        if (!status && answers) exchange->respond(renderPlain(exchange->request(), status.error()));
      });
      came->onGone([this] { gone = true; });
      if (!came->arriving()) echo(came);
    };
    return options;
  }
  void noteBody(const Status& status) {
    *body.lock() = std::string(exchange->request().body);
    if (!status) *error.lock() = status.error().code;
  }
  bool waitFor(const std::string& there) {
    return eventually([&] { return *body.lock() == there; });
  }
  void onServer(const std::function<void(Exchange&)>& task) {
    onLoop(loop, [&] { task(*exchange); });
  }

  const TempDir directory;
  Sync<std::string> body, error;
  std::atomic<bool> gone{false};
  bool answers = true, at_once = false;
  std::atomic<bool> throws{false};
  ExchangePtr exchange;
  Loop loop;
  Server server;
  uint16_t port = 0;
};

// Different everywhere.
std::string numbered(size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::to_string(text.size()) + ' ';
  text.resize(bytes);
  return text;
}

}  // namespace

TEST_SUITE("http/connection") {
  TEST_CASE("a connection is kept for the next request, unless one side says otherwise") {
    HttpServer server;
    RawSocket client = server.connect();
    for (int i = 0; i < 3; ++i) {
      client.send(post("n" + std::to_string(i)));
      const RawResponse response = client.response();
      CHECK(response.body == "POST /p\nn" + std::to_string(i));
      CHECK(!response.has("Connection"));
    }
    client.send(get("/", "Connection: close\r\n"));
    CHECK(client.response().header("Connection") == "close");
    CHECK(client.end() == RawSocket::End::Eof);
    CHECK(server.server().counters().accepted == 1);
  }

  TEST_CASE("HTTP/1.0 clients get one answer a connection, more when they ask") {
    HttpServer server;
    RawSocket once = server.connect();
    once.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(once.response().header("Connection") == "close");
    CHECK(once.end() == RawSocket::End::Eof);
    RawSocket kept = server.connect();
    for (int i = 0; i < 2; ++i) {
      kept.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      const RawResponse response = kept.response();
      CHECK(response.body == "GET /\n");
      CHECK(response.header("Connection") == "keep-alive");
    }
  }

  TEST_CASE("many requests in one packet are answered in order") {
    HttpServer server;
    RawSocket client = server.connect();
    std::string bytes;
    for (int i = 0; i < 500; ++i)
      bytes += i % 2 == 0 ? get("/" + std::to_string(i)) : post(std::to_string(i));
    std::thread sender([&] { client.send(bytes); });
    for (int i = 0; i < 500; ++i) {
      const std::string n = std::to_string(i);
      REQUIRE(client.response().body == (i % 2 == 0 ? "GET /" + n + "\n" : "POST /p\n" + n));
    }
    sender.join();
  }

  TEST_CASE("pipelined requests wait while one is being answered later") {
    std::vector<ExchangePtr> held;
    HttpServer server([&](const ExchangePtr& exchange) { held.push_back(exchange); });
    RawSocket client = server.connect();
    client.send(get("/0") + get("/1") + post("x") + get("/2").substr(0, 10));
    client.send(get("/2").substr(10));
    for (const std::string expected : {"/0", "/1", "/p", "/2"}) {
      CHECK(eventually([&] {
        bool one = false;
        onLoop(server.loop(), [&] { one = held.size() == 1; });
        return one;
      }));
      onLoop(server.loop(), [&] {
        echo(held.back());
        held.clear();
      });
      CHECK(client.response().body.find(expected) != std::string::npos);
    }
    CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
  }

  TEST_CASE("a client that sends requests and reads no answers costs no memory without bound") {
    int answered = 0;
    HttpServer server([&](const ExchangePtr& exchange) {
      ++answered;
      exchange->respond({200, "text/plain", std::string(100'000, 'x'), {}});
    });
    RawSocket client = RawSocket::connect(server.port(), RawSocket::kSmallBuffer);
    client.setTimeout(milliseconds(200));
    std::string bytes;
    for (int i = 0; i < 1'000'000; ++i) bytes += get("/");
    CHECK(!client.send(bytes));  // the server stops reading long before the end
    int stopped_at = 0;
    onLoop(server.loop(), [&] { stopped_at = answered; });
    CHECK(stopped_at < 200);
    client.setTimeout(kPatience);
    for (int i = 0; i < stopped_at + 20; ++i)
      REQUIRE(client.response().complete);  // and goes on when it does read
  }

  TEST_CASE("Expect: 100-continue is answered before the body, and not at all when refused") {
    ServerLimits limits;
    limits.body_bytes = 10;
    HttpServer server(echo, limits);
    RawSocket client = server.connect();
    client.send("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.response().status == 100);
    client.send("hello");
    CHECK(client.response().body == "POST /p\nhello");
    client.send(
        "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
    CHECK(client.response().status == 413);
  }

  TEST_CASE("slow heads and bodies get 408, silent connections are closed") {
    ServerLimits limits;
    limits.head_timeout = milliseconds(150);
    limits.body_timeout = milliseconds(150);
    limits.idle_timeout = milliseconds(150);
    HttpServer server(echo, limits);
    const auto drip = [&](RawSocket& client) {
      while (client.quiet(milliseconds(20)) && client.send("a")) {
      }
      return client.response();
    };
    RawSocket head = server.connect();
    head.send("GET / HTTP/1.1\r\nX: ");
    CHECK(drip(head).status == 408);
    CHECK(head.end() == RawSocket::End::Eof);

    RawSocket body = server.connect();
    body.send("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    const RawResponse late = drip(body);
    CHECK(late.status == 408);
    CHECK(late.header("X-Path") == "/b");
    CHECK(body.end() == RawSocket::End::Eof);

    RawSocket chunked = server.connect();
    chunked.send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; ++i)
      chunked.send("400\r\n" + std::string(0x400, 'x') + "\r\n");  // the buffer grows and moves
    const RawResponse cut = chunked.response();
    CHECK(cut.status == 408);
    CHECK(cut.header("X-Path") == "/c");

    RawSocket silent = server.connect();
    CHECK(silent.readToEnd().empty());
    RawSocket idle = server.connect();
    idle.send(get("/"));
    CHECK(idle.response().status == 200);
    CHECK(idle.end() == RawSocket::End::Eof);
    RawSocket second = server.connect();
    second.send(get("/") + "GET /x");
    CHECK(second.response().status == 200);
    CHECK(second.response().status == 408);
    CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
  }

  TEST_CASE("the answer to a refused upload can be read, though the client sends on") {
    ServerLimits limits;
    limits.body_bytes = 1000;
    HttpServer server(echo, limits);
    for (const bool chunked : {false, true}) {
      RawSocket client = server.connect();
      client.send(chunked ? "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                          : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n");
      const std::string piece =
          chunked ? "10000\r\n" + std::string(0x10000, 'x') + "\r\n" : std::string(0x10000, 'x');
      for (int i = 0; i < 120; ++i) REQUIRE(client.send(piece));
      client.shutdownWrite();
      CHECK(client.response().status == 413);
      CHECK(client.end() == RawSocket::End::Eof);
    }
  }

  TEST_CASE("HEAD is answered with the headers of GET and no body") {
    HttpServer server;
    RawSocket client = server.connect();
    client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(client.response(true).header("Content-Length") == "8");
    client.send(get("/b"));
    CHECK(client.response().body == "GET /b\n");
    client.send("HEAD /x HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n");
    CHECK(client.response(true).status == 400);
    CHECK(client.readToEnd().empty());
  }

  TEST_CASE("a client that closes, even half, while it is being answered has left") {
    ExchangePtr held;
    int gone = 0;
    HttpServer server([&](const ExchangePtr& exchange) {
      held = exchange;
      exchange->onGone([&] { ++gone; });
    });
    for (int round = 1; round <= 3; ++round) {
      RawSocket client = server.connect();
      client.send(get("/"));
      CHECK(eventually([&] { return server.server().counters().in_flight == 1; }));
      if (round == 1) client.close();
      if (round == 2) client.shutdownWrite();
      if (round == 3) client.reset();
      CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
      onLoop(server.loop(), [&] {
        CHECK(gone == round);
        REQUIRE(held);
        CHECK(held->gone());
        CHECK(!held->finished());
        held->respond({});  // does nothing
        held->start({});
        held->write("x");
        held->finish();
        held->abort();
        held.reset();
      });
    }
  }

  TEST_CASE("a request and the end of the connection may come together") {
    HttpServer server;
    RawSocket client = server.connect();
    onLoop(server.loop(), [&] {  // so that both are there when the loop looks
      client.send(get("/last"));
      client.shutdownWrite();
    });
    const RawResponse response = client.response();
    CHECK(response.body == "GET /last\n");
    CHECK(response.header("Connection") == "close");
    CHECK(client.end() == RawSocket::End::Eof);
  }

  TEST_CASE("an exception in a handler is a 500 without its text") {
    HttpServer server([](const ExchangePtr& exchange) {
      if (exchange->request().path == "/started") exchange->start({});
      if (exchange->request().path == "/int") throw 42;
      throw std::runtime_error("secret dsn=abc");
    });
    for (const char* path : {"/", "/int"}) {
      const RawResponse response = server.ask(get(path));
      CHECK(response.status == 500);
      CHECK(response.body.find("secret") == std::string::npos);
    }
    CHECK(!server.ask(get("/started")).complete);
    CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
  }

  TEST_CASE("draining does not cut the tail of an answer that is still leaving") {
    const std::string large(8 << 20, 'x');
    HttpServer server([&](const ExchangePtr& exchange) {
      exchange->respond({200, "text/plain", large, {}});
    });
    RawSocket client = RawSocket::connect(server.port(), RawSocket::kSmallBuffer);
    client.send(get("/"));
    CHECK(client.readExactly(100).size() == 100);
    server.server().beginDrain();
    CHECK(client.readToEnd().size() > large.size());
    CHECK(client.end() == RawSocket::End::Eof);
  }

  TEST_CASE(
      "a client that takes nothing of its answer is dropped in time, however much is written") {
    ServerLimits limits;
    limits.write_timeout = milliseconds(200);
    ExchangePtr held;
    int gone = 0;
    HttpServer server(
        [&](const ExchangePtr& exchange) {
          held = exchange;
          exchange->onGone([&] { ++gone; });
          exchange->start({200, "text/event-stream", "", {}});
        },
        limits);
    RawSocket client = RawSocket::connect(server.port(), RawSocket::kSmallBuffer);
    client.send(get("/"));
    CHECK(client.readUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));
    size_t most = 0;
    CHECK(eventually([&] {
      bool left = false;
      onLoop(server.loop(), [&] {
        if (held->pendingBytes() < (4 << 20))
          held->write(std::string(100'000, 'x'));
        else
          held->write("x");  // a producer that goes on a little
        most = std::max(most, held->pendingBytes());
        left = held->gone();
      });
      return left;
    }));
    CHECK(gone == 1);
    CHECK(most < (5 << 20));
    onLoop(server.loop(), [&] { held.reset(); });
  }

  TEST_CASE("a streamed body is with the handler as it comes, and the next request after it") {
    Streaming f;
    const std::string body = numbered(100'000);
    const std::string bytes = post(body);
    RawSocket client = RawSocket::connect(f.port);
    const size_t head = bytes.size() - body.size();
    client.send(bytes.substr(0, head));
    CHECK(eventually([&] { return f.server.counters().requests == 1; }));
    for (const size_t there : {1UL, 70'000UL, 99'999UL}) {
      const size_t before = f.body.lock()->size();
      client.send(bytes.substr(head + before, there - before));
      CHECK(f.waitFor(body.substr(0, there)));
      f.onServer([&](Exchange& exchange) {
        CHECK(exchange.arriving());
        CHECK(exchange.bodyBytes() == body.size());
        exchange.releaseRequest();  // not yet
        CHECK(exchange.request().method == "POST");
      });
    }
    client.send(body.substr(99'999) + post("small"));
    CHECK(f.waitFor(body));
    f.onServer([&](Exchange& exchange) {
      CHECK_FALSE(exchange.arriving());
      exchange.respond({200, "text/plain", "heard", {}});
    });
    const RawResponse heard = client.response();
    CHECK(heard.body == "heard");
    CHECK_FALSE(heard.has("Connection"));
    CHECK(client.response().body == "POST /p\nsmall");
    CHECK(f.server.counters().buffered == 0);
  }

  TEST_CASE("a streamed body in one packet with its head, and what follows it") {
    Streaming f;
    const std::string body = numbered(100'000);
    RawSocket client = RawSocket::connect(f.port);
    std::thread sender([&] { client.send(post(body) + post("small")); });
    CHECK(f.waitFor(body));
    sender.join();
    f.onServer([&](Exchange& exchange) { exchange.respond({200, "text/plain", "heard", {}}); });
    CHECK(client.response().body == "heard");
    CHECK(client.response().body == "POST /p\nsmall");
  }

  TEST_CASE("an answer before all of a streamed body is there ends the connection after it") {
    Streaming f;
    const std::string bytes = post(numbered(100'000));
    RawSocket client = RawSocket::connect(f.port);
    client.send(bytes.substr(0, 50'000));
    CHECK(eventually([&] { return f.body.lock()->size() > 10'000; }));
    f.onServer([&](Exchange& exchange) { exchange.respond({413, "text/plain", "no", {}}); });
    const RawResponse refused = client.response();
    CHECK(refused.status == 413);
    CHECK(refused.header("Connection") == "close");
    CHECK(client.quiet(milliseconds(20)));  // it may listen only when it has sent all
    client.send(bytes.substr(50'000));      // is read, and dropped
    CHECK(client.end() == RawSocket::End::Eof);
    CHECK(eventually([&] { return f.server.counters().in_flight == 0; }));
    CHECK(f.server.counters().buffered == 0);
  }

  TEST_CASE("a client that leaves in the midst of a streamed body is gone") {
    Streaming f;
    RawSocket client = RawSocket::connect(f.port);
    client.send(post(numbered(100'000)).substr(0, 50'000));
    CHECK(eventually([&] { return f.body.lock()->size() > 10'000; }));
    CHECK_FALSE(f.gone);
    client.close();
    CHECK(eventually([&] { return f.gone.load(); }));
    CHECK(f.server.counters().in_flight == 0);
    CHECK(f.error.lock()->empty());
  }

  TEST_CASE("a streamed body that takes too long is refused by its handler, or else here") {
    for (const bool answers : {true, false}) {
      CAPTURE(answers);
      ServerLimits limits;
      limits.body_timeout = milliseconds(50);
      Streaming f(limits);
      f.answers = answers;
      RawSocket client = RawSocket::connect(f.port);
      client.send(post(numbered(100'000)).substr(0, 50'000));
      const RawResponse late = client.response();
      CHECK(late.status == 408);
      CHECK(*f.error.lock() == "request_timeout");
      CHECK(client.end() == RawSocket::End::Eof);
    }
  }

  TEST_CASE("an answer at once to a streamed body drops what came with its head") {
    Streaming f;
    f.at_once = true;
    const std::string bytes = post(numbered(100'000)) + post("never read");
    RawSocket client = RawSocket::connect(f.port);
    std::thread sender([&] { client.send(bytes); });
    CHECK(client.response().body == "at once");
    sender.join();
    CHECK(client.end() == RawSocket::End::Eof);
    CHECK(f.server.counters().requests == 1);
  }

  TEST_CASE(
      "a handler that throws while a streamed body comes answers 500, and nothing else ends") {
    Streaming f;
    f.throws = true;
    const std::string bytes = post(numbered(100'000));
    RawSocket client = RawSocket::connect(f.port);
    client.send(bytes.substr(0, bytes.size() - 100'000));
    CHECK(eventually([&] { return f.server.counters().requests == 1; }));
    client.send(bytes.substr(bytes.size() - 100'000));
    CHECK(client.response().status == 500);
    f.throws = false;
    RawSocket other = RawSocket::connect(f.port);
    other.send(post("x"));
    CHECK(other.response().status == 200);
  }

  TEST_CASE("an answer that was begun before a streamed body stopped coming is cut") {
    ServerLimits limits;
    limits.body_timeout = milliseconds(200);
    Streaming f(limits);
    RawSocket client = RawSocket::connect(f.port);
    client.send(post(numbered(100'000)).substr(0, 50'000));
    CHECK(eventually([&] { return f.body.lock()->size() > 10'000; }));
    f.onServer([&](Exchange& exchange) {
      exchange.start({200, "text/plain", "", {}});
      exchange.write("half");
    });
    const RawResponse cut = client.response();
    CHECK(cut.body == "half");
    CHECK_FALSE(cut.complete);
  }
}
