#include "http/transport.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/http_server.h"
#include "support/tls_files.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct TlsServer {
  explicit TlsServer(Handler handler = echo, ServerLimits limits = {})
      : http(std::move(handler), limits,
             TlsContext::server(files.certificateFile(), files.keyFile()).value()) {}
  RawSocket connect(int receive_buffer = 0) {
    RawSocket client = RawSocket::connect(http.port(), receive_buffer);
    REQUIRE(client.startTls());
    return client;
  }
  TlsFiles files;
  HttpServer http;
};

}  // namespace

TEST_SUITE("http/transport") {
  TEST_CASE("requests over TLS: kept alive, pipelined, split, with the true peer") {
    std::string peer;
    bool secure = false;
    TlsServer server([&](const ExchangePtr& exchange) {
      peer = exchange->request().peer;
      secure = exchange->request().secure;
      echo(exchange);
    });
    RawSocket client = server.connect();
    client.send(kGet);
    CHECK(client.response().body == "GET /\n");
    CHECK(peer == "127.0.0.1");
    CHECK(secure);
    client.send(kGet + post("a") + kGet);
    CHECK(client.response().body == "GET /\n");
    CHECK(client.response().body == "POST /p\na");
    CHECK(client.response().body == "GET /\n");
    client.sendSlowly(post("hello"));
    CHECK(client.response().body == "POST /p\nhello");
    client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    CHECK(client.response().status == 200);
    CHECK(client.end() == RawSocket::End::Eof);  // by close_notify
  }

  TEST_CASE("large bodies pass both ways, also to a slow reader with small records") {
    TlsServer server;
    std::string body(3 << 20, 'x');
    for (size_t i = 0; i < body.size(); i += 997) body[i] = static_cast<char>('a' + i % 26);
    RawSocket client = server.connect();
    std::thread sender([&] { client.send(post(body)); });
    sender.join();
    CHECK(client.response().body == "POST /p\n" + body);

    RawSocket slow = RawSocket::connect(server.http.port(), RawSocket::kSmallBuffer);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_tlsext_max_fragment_length(context, TLSEXT_max_fragment_length_512);
    REQUIRE(slow.startTls(context, SSL_connect));
    SSL_CTX_free(context);
    slow.send(post(body));
    CHECK(slow.response().body == "POST /p\n" + body);
    CHECK(slow.readExactly(0).empty());
  }

  TEST_CASE("streams: an event leaves at once in a record of its own, an abort is no clean end") {
    ExchangePtr held;
    TlsServer server([&](const ExchangePtr& exchange) { held = exchange; });
    RawSocket client = server.connect();
    client.send(kGet);
    CHECK(eventually([&] { return server.http.server().counters().in_flight == 1; }));
    onLoop(server.http.loop(), [&] { held->start({200, "text/event-stream", "", {}}); });
    client.readUntil("\r\n\r\n");
    for (int i = 0; i < 3; ++i) {
      onLoop(server.http.loop(), [&] { held->write("data: x\n\n"); });
      CHECK(client.readExactly(14) == "9\r\ndata: x\n\n\r\n");
    }
    onLoop(server.http.loop(), [&] { std::exchange(held, nullptr)->abort(); });
    CHECK(client.end() == RawSocket::End::Reset);  // no close_notify
  }

  TEST_CASE("a client that leaves a TLS stream is told of, and writing to it ends nobody") {
    ExchangePtr held;
    int gone = 0;
    TlsServer server([&](const ExchangePtr& exchange) {
      held = exchange;
      exchange->onGone([&] { ++gone; });
    });
    for (int round = 1; round <= 4; ++round) {
      RawSocket client = server.connect();
      client.send(kGet);
      CHECK(eventually([&] { return server.http.server().counters().in_flight == 1; }));
      onLoop(server.http.loop(), [&] {
        held->start({200, "text/event-stream", "", {}});
        if (round % 2 == 0)
          client.reset();
        else
          client.close();
        for (int i = 0; i < 100; ++i) held->write("data: x\n\n");
      });
      CHECK(eventually([&] { return server.http.server().counters().in_flight == 0; }));
      onLoop(server.http.loop(), [&] {
        CHECK(gone == round);
        held.reset();
      });
    }
  }

  TEST_CASE("garbage instead of a handshake is closed, silence is closed in time") {
    ServerLimits limits;
    limits.head_timeout = milliseconds(150);
    TlsServer server(echo, limits);
    RawSocket plain = server.http.connect();
    plain.send(kGet);
    CHECK(plain.readToEnd().find("HTTP") == std::string::npos);
    RawSocket garbage = server.http.connect();
    garbage.send(std::string("\x16\x03\x01\xff\xff", 5) + std::string(1000, '\xff'));
    garbage.readToEnd();
    CHECK(garbage.end() != RawSocket::End::Timeout);
    RawSocket silent = server.http.connect();
    CHECK(silent.readToEnd().empty());
    CHECK(silent.end() != RawSocket::End::Timeout);
    RawSocket half = server.http.connect();
    half.send(std::string("\x16\x03\x01", 3));
    half.readToEnd();
    CHECK(half.end() != RawSocket::End::Timeout);
    RawSocket shaken = server.connect();  // a handshake, and then nothing
    shaken.readToEnd();
    CHECK(shaken.end() == RawSocket::End::Reset);
    CHECK(eventually([&] { return server.http.server().counters().open == 0; }));
    CHECK(server.http.seen().empty());
    RawSocket good = server.connect();
    good.send(kGet);
    CHECK(good.response().status == 200);
  }

  TEST_CASE("old TLS versions are not spoken") {
    TlsServer server;
    RawSocket client = server.http.connect();
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    CHECK(!client.startTls(context, SSL_connect));
    SSL_CTX_free(context);
  }

  TEST_CASE("refusals, 413 and connection limits hold under TLS") {
    ServerLimits limits;
    limits.body_bytes = 1000;
    limits.connections = 1;
    TlsServer server(echo, limits);
    RawSocket client = server.connect();
    RawSocket second = server.http.connect();
    CHECK(!second.startTls());  // no handshake is spent on it
    const std::string piece(0x4000, 'x');
    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n");
    for (int i = 0; i < 200; ++i) REQUIRE(client.send(piece));
    CHECK(client.response().status == 413);
  }

  TEST_CASE("certificates and keys that cannot be used are errors") {
    TlsFiles files;
    TlsFiles other;
    CHECK(!TlsContext::server("/nonexistent", files.keyFile()));
    CHECK(!TlsContext::server(files.certificateFile(), "/nonexistent"));
    CHECK(!TlsContext::server(files.certificateFile(), other.keyFile()));
    CHECK(!TlsContext::server(files.keyFile(), files.keyFile()));
    CHECK(!TlsContext::client("/nonexistent"));
    CHECK(TlsContext::client(""));
    CHECK(TlsContext::client(files.certificateFile()));
  }
}
