#include "http/exchange.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

#include "support/http_server.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;

namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const Response kStream{200, "text/event-stream", "", {}};

// A server that keeps its exchange for the test to answer.
struct HeldServer {
  HeldServer() : http([this](const ExchangePtr& exchange) { held = exchange; }) {}
  ~HeldServer() {
    onLoop(http.loop(), [&] { held.reset(); });
  }
  RawSocket ask(const std::string& bytes = kGet) {
    RawSocket client = http.connect();
    client.send(bytes);
    CHECK(eventually([&] { return http.server().counters().in_flight == 1; }));
    return client;
  }
  void run(const std::function<void()>& task) { onLoop(http.loop(), task); }
  ExchangePtr held;
  HttpServer http;
};

}  // namespace

TEST_SUITE("http/exchange") {
  TEST_CASE("each write is a chunk, sent at once, and finish() ends the answer properly") {
    HeldServer server;
    RawSocket client = server.ask();
    server.run([&] { server.held->start(kStream); });
    const std::string head = client.readUntil("\r\n\r\n");
    CHECK(head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
    for (const std::string event : {"data: 1\n\n", "data: two\n\n", "data: 0123456789abcdef\n\n"}) {
      server.run([&] { server.held->write(event); });
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", event.size());
      CHECK(client.readExactly(event.size() + std::string(size).size() + 2) ==
            size + event + "\r\n");
    }
    server.run([&] {
      server.held->write("");  // would end the answer if it were sent
      server.held->finish();
      CHECK(server.held->finished());
      CHECK(!server.held->gone());
      server.held->write("late");
    });
    CHECK(client.readUntil("\r\n\r\n") == "0\r\n\r\n");
    client.send(kGet);  // kept alive
    CHECK(eventually([&] { return server.http.seen().size() == 2; }));
    server.run([&] { server.held->respond({}); });
    CHECK(client.response().status == 200);
  }

  TEST_CASE("an aborted answer is visibly cut") {
    HeldServer server;
    for (const bool http10 : {false, true}) {
      for (const bool written : {false, true}) {
        RawSocket client = server.ask(http10 ? "GET / HTTP/1.0\r\n\r\n" : kGet);
        server.run([&] {
          server.held->start(kStream);
          if (written) server.held->write("data: 1\n\n");
          server.held->abort();
          CHECK(server.held->finished());
          server.held.reset();
        });
        const RawResponse response = client.response();
        CHECK(!response.complete);
      }
    }
    RawSocket client = server.ask();
    server.run([&] { server.held->abort(); });
    CHECK(client.readToEnd().empty());
    CHECK(eventually([&] { return server.http.server().counters().in_flight == 0; }));
  }

  TEST_CASE("an aborted answer is visibly cut while the server drains") {
    HeldServer server;
    RawSocket client = server.ask("GET / HTTP/1.0\r\n\r\n");
    server.run([&] {
      server.held->start(kStream);
      server.held->write("data: 1\n\n");
    });
    server.http.server().beginDrain();
    server.run([&] { server.held->abort(); });
    CHECK(!client.response().complete);
  }

  TEST_CASE("streams to HTTP/1.0 clients end with the connection") {
    HeldServer server;
    RawSocket client = server.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    server.run([&] {
      server.held->start(kStream);
      server.held->write("data: 1\n\n");
      server.held->finish();
    });
    const RawResponse response = client.response();
    CHECK(!response.has("Transfer-Encoding"));
    CHECK(response.header("Connection") == "close");
    CHECK(response.body == "data: 1\n\n");
    CHECK(response.complete);
  }

  TEST_CASE("an exchange dropped unanswered answers 500, dropped half-way it cuts") {
    HeldServer server;
    RawSocket client = server.ask();
    server.run([&] { server.held.reset(); });
    CHECK(client.response().status == 500);
    client = server.ask();
    server.run([&] {
      server.held->start(kStream);
      server.held.reset();
    });
    const RawResponse response = client.response();
    CHECK(response.status == 200);
    CHECK(!response.complete);
    HttpServer careless([](const ExchangePtr&) {});
    CHECK(careless.status(kGet) == 500);
  }

  TEST_CASE("the last reference may be dropped on any thread") {
    HeldServer server;
    RawSocket client = server.ask();
    ExchangePtr mine;
    server.run([&] { mine = std::move(server.held); });
    std::thread([last = std::move(mine)]() mutable { last.reset(); }).join();
    CHECK(client.response().status == 500);
  }

  TEST_CASE("callbacks that hold their exchange do not keep it alive once it is answered") {
    HeldServer server;
    RawSocket client = server.ask();
    std::weak_ptr<Exchange> weak;
    server.run([&] {
      weak = server.held;
      server.held->onGone([mine = server.held] {});
      server.held->onDrained([mine = server.held] {});
      std::exchange(server.held, nullptr)->respond({});
      CHECK(weak.expired());
    });
    CHECK(client.response().status == 200);
  }

  TEST_CASE(
      "backpressure: pendingBytes() grows with a slow reader, onDrained tells when it is over") {
    HeldServer server;
    RawSocket client = RawSocket::connect(server.http.port(), RawSocket::kSmallBuffer);
    client.send(kGet);
    CHECK(eventually([&] { return server.http.server().counters().in_flight == 1; }));
    size_t written = 0;
    int drained = 0;
    server.run([&] {
      server.held->onDrained([&] {
        if (++drained == 3) return std::exchange(server.held, nullptr)->finish();
        server.held->write(std::string(8 << 20, 'y'));
        written += 8 << 20;
      });
      server.held->start(kStream);
      CHECK(server.held->pendingBytes() == 0);
      server.held->write(std::string(8 << 20, 'x'));
      written += 8 << 20;
      CHECK(server.held->pendingBytes() > 1 << 20);
    });
    const RawResponse response = client.response();
    CHECK(response.complete);
    CHECK(response.body.size() == written);
    CHECK(drained == 3);
  }

  TEST_CASE("a client that leaves mid-stream is told of once, also while much is pending") {
    HeldServer server;
    for (const size_t size : {size_t{10}, size_t{16 << 20}}) {
      RawSocket client = server.ask();
      int gone = 0;
      server.run([&] {
        server.held->onGone([&] {
          ++gone;
          server.held.reset();
        });
        server.held->start(kStream);
        server.held->write(std::string(size, 'x'));
      });
      CHECK(client.readUntil("\r\n\r\n").size() > 0);
      client.close();
      CHECK(eventually([&] { return server.http.server().counters().in_flight == 0; }));
      server.run([&] { CHECK(gone == 1); });
      CHECK(eventually([&] { return server.http.server().counters().open == 0; }));
    }
  }

  TEST_CASE("a request's bytes can be given back while its answer goes on") {
    HeldServer server;
    RawSocket client = server.ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
                                  std::string(100'000, 'x'));
    CHECK(server.http.server().counters().buffered == 100'000);
    server.run([&] {
      server.held->start(kStream);
      server.held->releaseRequest();
      CHECK(server.held->request().body.empty());
      CHECK(server.held->request().path.empty());
      CHECK(server.held->request().peer == "127.0.0.1");
    });
    CHECK(eventually([&] { return server.http.server().counters().buffered == 0; }));
    server.run([&] { server.held->finish(); });
    CHECK(client.response().complete);
  }

  TEST_CASE("only the first answer counts, and header values cannot add headers") {
    HeldServer server;
    RawSocket client = server.ask();
    server.run([&] {
      server.held->respond({200,
                            "text/plain",
                            "first",
                            {{"X-A", "1\r\nX-Evil: 1"},
                             {"X-\nB", "1"},
                             {"X-C", std::string("a\0b", 3)},
                             {"X-D", "ok"}}});
      server.held->respond({500, "text/plain", "second", {}});
      server.held->start(kStream);
      server.held->write("x");
      server.held->abort();
    });
    const RawResponse response = client.response();
    CHECK(response.body == "first");
    CHECK(!response.has("X-Evil"));
    CHECK(!response.has("X-A"));
    CHECK(!response.has("X-C"));
    CHECK(response.header("X-D") == "ok");
    CHECK(response.has("Date"));
    client = server.ask();
    server.run([&] { server.held->respond({204, "", "", {}}); });
    const RawResponse empty = client.response();
    CHECK(empty.status == 204);
    CHECK(!empty.has("Content-Length"));
  }
}
