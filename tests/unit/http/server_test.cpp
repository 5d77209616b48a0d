#include "http/server.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/http_server.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

std::string get(const std::string& fields, const std::string& target = "/") {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body = "") {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string upload(const std::string& body) { return post("Content-Length: " + std::to_string(body.size()) + "\r\n", body); }

size_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  size_t total = 0;
  size_t resident = 0;
  file >> total >> resident;
  return resident * 4096;
}

}  // namespace

TEST_SUITE("http/server") {
  TEST_CASE("ambiguous or malformed requests are refused, closed, and never reach the handler") {
    HttpServer server;
    struct Row {
      std::string bytes;
      int status;
    };
    const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
    for (const Row& row : {
             Row{post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
             Row{post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), 400},
             Row{post("Content-Length: 5\r\nContent-Length: 4\r\n", "hello"), 400},
             Row{post("Content-Length: +5\r\n", "hello"), 400},
             Row{post("Content-Length: 5,5\r\n", "hello"), 400},
             Row{post("Content-Length: 99999999999999999999999\r\n", "hello"), 400},
             Row{post("Content-Length: 999999999999999999\r\n", "hello"), 413},
             Row{post("Transfer-Encoding: gzip, chunked\r\n", chunks), 400},
             Row{post("Transfer-Encoding: chunked, chunked\r\n", chunks), 400},
             Row{post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks), 400},
             Row{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
             Row{get("Content-Length: 5\r\n") + "hello", 400},
             Row{get("Transfer-Encoding: chunked\r\n") + chunks, 400},
             Row{get("X: a\r\n b\r\n"), 400},
             Row{"GET / HTTP/1.1\nHost: h\n\n", 400},
             Row{"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
             Row{get("X: a\rb\r\n"), 400},
             Row{get(std::string("X: a\0b\r\n", 8)), 400},
             Row{get("X : a\r\n"), 400},
             Row{"GET / HTTP/1.1\r\n\r\n", 400},
             Row{get("Host: h\r\n"), 400},
             Row{get("", "http://h/"), 400},
             Row{"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 400},
             Row{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
             Row{"\x16\x03\x01\x02\r\n\r\n", 400},
             Row{"A B C\r\n\r\n", 400},
             Row{"\r\n\r\n", 400},
             Row{"\n", 400},
             Row{get("", "/" + std::string(9000, 'a')), 431},
             Row{get("X: " + std::string(40'000, 'a') + "\r\n"), 431},
             Row{post("Content-Length: 5\r\nContent-Encoding: gzip\r\n", "hello"), 415},
             Row{post("", ""), 411},
             Row{post("Content-Length: 5\r\nExpect: magic\r\n", "hello"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "x\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nX: y\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5\r\nhelloX\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "-1\r\nhello\r\n0\r\n\r\n"), 400},
             Row{post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"), 400},
         }) {

      INFO(row.bytes.substr(0, 200));
      RawSocket client = server.connect();
      // What follows must not be taken for a request.
      client.send(row.bytes + get("", "/smuggled"));
      const RawResponse response = client.response();
      CHECK(response.status == row.status);
      CHECK(response.complete);
      CHECK(response.header("Connection") == "close");
      CHECK(client.end() == RawSocket::End::Eof);
    }
    CHECK(server.seen().empty());
    CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
  }

  TEST_CASE("a body that follows a GET later is not answered as a second request") {
    HttpServer server;
    RawSocket client = server.connect();
    client.send(get("Content-Length: 40\r\n"));
    CHECK(client.response().status == 400);
    client.send(get("", "/smuggled"));
    CHECK(client.readToEnd().empty());
    CHECK(server.seen().empty());
  }

  TEST_CASE("a header line of 64 MB is cut off, and costs no memory") {
    HttpServer server;
    const size_t before = residentBytes();
    RawSocket client = server.connect();
    client.send("GET / HTTP/1.1\r\nX: ");
    const std::string piece(1 << 20, 'a');
    for (int i = 0; i < 64 && client.send(piece); ++i) {
    }
    CHECK(client.response().status == 431);
    CHECK(residentBytes() < before + (16 << 20));
  }

  TEST_CASE("20,000 headers are refused") {
    HttpServer server;
    std::string fields;
    for (int i = 0; i < 20'000; ++i) fields += "X: y\r\n";
    CHECK(server.status(get(fields)) == 431);
    CHECK(server.status(get(fields.substr(0, 6 * 150))) == 431);
    CHECK(server.status(get(fields.substr(0, 6 * 90))) == 200);
  }

  TEST_CASE("a request arrives whole at whatever byte it is split") {
    HttpServer server;
    for (const std::string& bytes : {upload("hello"), post("Transfer-Encoding: Chunked\r\n", "2\r\nhe\r\n03\r\nllo\r\n0\r\n\r\n")}) {
      for (size_t at = 1; at < bytes.size(); ++at) {
        RawSocket client = server.connect();
        client.send(bytes.substr(0, at));
        client.send(bytes.substr(at));
        CHECK(client.response().body == "POST /p\nhello");
      }
      RawSocket client = server.connect();
      client.sendSlowly(bytes);
      CHECK(client.response().body == "POST /p\nhello");
    }
  }

  TEST_CASE("header values and targets arrive undecoded") {
    std::string header, target;
    HttpServer server([&](const ExchangePtr& exchange) {
      header = exchange->request().headers.get("X-Evil");
      target = exchange->request().target;
      exchange->respond({});
    });
    CHECK(server.status(get("X-Evil: a%0d%0aX-Injected: 1\r\n", "/%0d%0aX:%20y?%00")) == 200);
    CHECK(header == "a%0d%0aX-Injected: 1");
    CHECK(target == "/%0d%0aX:%20y?%00");
  }

  TEST_CASE("headers do not change who the peer is") {
    std::string peer;
    HttpServer server([&](const ExchangePtr& exchange) {
      peer = exchange->request().peer;
      exchange->respond({});
    });
    CHECK(server.status(get("REMOTE_ADDR: 6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n")) == 200);
    CHECK(peer == "127.0.0.1");
  }

  TEST_CASE("idle connections starve nobody") {
    HttpServer server;
    std::vector<RawSocket> idle;
    for (int i = 0; i < 500; ++i) {
      idle.push_back(server.connect());
      if (i % 3 == 1) idle.back().send("GET / HTT");
      if (i % 3 == 2) {
        idle.back().send(get(""));
        CHECK(idle.back().response().status == 200);
      }
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK(server.status(get("")) == 200);
    CHECK(std::chrono::steady_clock::now() - start < milliseconds(500));
  }

  TEST_CASE("800 connections at once are all answered soon") {
    HttpServer server;
    const auto start = std::chrono::steady_clock::now();
    std::vector<RawSocket> clients;
    for (int i = 0; i < 800; ++i) clients.push_back(server.connect());
    for (auto& client : clients) client.send(get(""));
    int answered = 0;
    for (auto& client : clients) answered += client.response().status == 200 ? 1 : 0;
    CHECK(answered == 800);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
    CHECK(server.server().counters().open == 800);
    clients.clear();
    CHECK(eventually([&] { return server.server().counters().open == 0; }));
  }

  TEST_CASE("connections over the limit are told 503 and when to come back") {
    ServerLimits limits;
    limits.connections = 2;
    HttpServer server(echo, limits);
    RawSocket first = server.connect();
    RawSocket second = server.connect();
    first.send(get(""));
    second.send(get(""));
    CHECK(first.response().status == 200);
    CHECK(second.response().status == 200);
    RawSocket third = server.connect();
    const RawResponse refused = third.response();  // without asking anything
    CHECK(refused.status == 503);
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.header("Connection") == "close");
    CHECK(third.end() == RawSocket::End::Eof);
    third.close();
    first.close();
    CHECK(eventually([&] { return server.server().counters().open == 1; }));
    CHECK(server.status(get("")) == 200);
    CHECK(server.server().counters().shed == 1);
  }

  TEST_CASE("bodies are bounded: declared, chunked, and over all connections") {
    ServerLimits limits;
    limits.body_bytes = 100'000;
    limits.buffered_bytes = 150'000;
    HttpServer server(echo, limits);

    RawSocket declared = server.connect();
    declared.send(post("Content-Length: 100001\r\n"));  // and not a byte of it
    CHECK(declared.response().status == 413);

    RawSocket chunked = server.connect();
    chunked.send(post("Transfer-Encoding: chunked\r\n"));
    const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
    for (int i = 0; i < 30; ++i) chunked.send(chunk);
    const RawResponse refused = chunked.response();
    CHECK(refused.status == 413);
    CHECK(refused.header("X-Path") == "/p");

    CHECK(server.status(upload(std::string(100'000, 'x'))) == 200);
    RawSocket holder = server.connect();
    holder.send(post("Content-Length: 100000\r\nExpect: 100-continue\r\n"));
    CHECK(holder.response().status == 100);
    const RawResponse shed = server.ask(post("Content-Length: 90000\r\n"));
    CHECK(shed.status == 503);
    CHECK(shed.header("Retry-After") == "1");
    CHECK(server.status(upload(std::string(1000, 'x'))) == 200);
    holder.close();
    CHECK(eventually([&] { return server.server().counters().buffered == 0; }));
    CHECK(server.status(upload(std::string(90'000, 'x'))) == 200);
    CHECK(eventually([&] { return server.server().counters().buffered == 0; }));
  }

  TEST_CASE("large bodies are admitted by their head alone") {
    const auto admit = [](const Request& request) -> std::optional<ApiError> {
      if (request.headers.get("Authorization") == "yes") return std::nullopt;
      return ApiError{ErrorKind::Unauthorized, "unauthorized", "who are you?"};
    };
    HttpServer server(echo, {}, nullptr, admit);
    CHECK(server.status(upload("small")) == 200);
    CHECK(server.status(post("Content-Length: 70000\r\n")) == 401);
    CHECK(server.status(post("Transfer-Encoding: chunked\r\n")) == 401);
    CHECK(server.status(post("Content-Length: 70000\r\nExpect: 100-continue\r\n")) == 401);
    CHECK(server.status(post("Content-Length: 70000\r\nAuthorization: yes\r\n", std::string(70'000, 'x'))) == 200);
    CHECK(server.seen().size() == 2);
  }

  TEST_CASE("draining closes what is idle and finishes what is in flight") {
    ExchangePtr held;
    HttpServer server([&](const ExchangePtr& exchange) {
      if (exchange->request().path == "/slow") held = exchange;
      else exchange->respond({200, "text/plain", "ok", {}});
    });
    RawSocket idle = server.connect();
    idle.send(get(""));
    CHECK(idle.response().status == 200);
    RawSocket busy = server.connect();
    busy.send(get("", "/slow"));
    RawSocket half = server.connect();
    half.send(post("Content-Length: 5\r\n", "he"));
    CHECK(eventually([&] { return server.server().counters().in_flight == 1; }));
    // The half-sent request must have been seen as one before the drain begins.
    onLoop(server.loop(), [] {});
    onLoop(server.loop(), [] {});

    server.server().beginDrain();
    CHECK(idle.end() == RawSocket::End::Eof);
    CHECK_THROWS(server.connect());
    CHECK(!server.server().waitIdle(milliseconds(20)));
    server.loop().post([&] { std::exchange(held, nullptr)->respond({200, "text/plain", "late", {}}); });
    const RawResponse response = busy.response();
    CHECK(response.body == "late");
    CHECK(response.header("Connection") == "close");
    CHECK(busy.end() == RawSocket::End::Eof);
    half.send("llo");
    CHECK(half.response().header("Connection") == "close");
    CHECK(server.server().waitIdle(milliseconds(5'000)));
  }

  TEST_CASE("close() cuts everything, on running loops and after they have ended") {
    for (const bool stop_first : {false, true}) {
      int gone = 0;
      std::vector<ExchangePtr> held;
      std::vector<RawSocket> clients;
      {
        Loop loop;
        Server server({&loop}, {.limits = {},
                                .tls = nullptr,
                                .handler =
                                    [&](const ExchangePtr& exchange) {
                                      exchange->onGone([&gone] { ++gone; });
                                      held.push_back(exchange);
                                    },
                                .render_error = renderPlain});
        loop.start();
        const uint16_t port = server.listen("127.0.0.1:0").value();
        for (int i = 0; i < 5; ++i) {
          clients.push_back(RawSocket::connect(port));
          clients.back().send(get(""));
        }
        CHECK(eventually([&] { return server.counters().in_flight == 5; }));
        if (stop_first) loop.stop();
        server.close();
        CHECK(server.counters().open == 0);
        CHECK(server.counters().in_flight == 0);
        if (!stop_first) onLoop(loop, [&] { held.clear(); });
        held.clear();
      }
      CHECK(gone == 5);
      for (auto& client : clients) CHECK(client.end() != RawSocket::End::Timeout);
    }
  }

  TEST_CASE("several loops share the connections") {
    Loop loops[2];
    Sync<std::vector<std::thread::id>> threads;
    Server server({&loops[0], &loops[1]}, {.limits = {},
                                           .tls = nullptr,
                                           .handler =
                                               [&](const ExchangePtr& exchange) {
                                                 threads.lock()->push_back(std::this_thread::get_id());
                                                 exchange->respond({});
                                               },
                                           .render_error = renderPlain});
    for (Loop& loop : loops) loop.start();
    const uint16_t port = server.listen("127.0.0.1:0").value();
    for (int i = 0; i < 4; ++i) {
      RawSocket client = RawSocket::connect(port);
      client.send(get(""));
      CHECK(client.response().status == 200);
    }
    const auto seen = *threads.lock();
    REQUIRE(seen.size() == 4);
    CHECK(seen[0] != seen[1]);
    CHECK(seen[0] == seen[2]);
    server.close();
  }

  TEST_CASE("a bad listen address is an error, not a crash") {
    Loop loop;
    loop.start();
    Server server({&loop}, {.limits = {}, .tls = nullptr, .handler = echo, .render_error = renderPlain});
    CHECK(!server.listen("example.com:80"));
    CHECK(!server.listen("192.0.2.1:80"));
  }
}
