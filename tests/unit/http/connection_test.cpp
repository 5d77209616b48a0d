#include "http/connection.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/http_server.h"

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
}
