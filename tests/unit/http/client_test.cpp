#include "http/client.h"

#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>

#include "support/http_client.h"
#include "support/tls_files.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

ClientRequest tlsRequest(uint16_t port, const std::string& host) {
  ClientRequest request = localRequest(port);
  request.origin.scheme = Origin::Scheme::Https;
  request.origin.host = host;
  return request;
}

// Passes an upstream's answer on to a client, with backpressure; lives until either side is done.
class Relay final : public CallObserver {
 public:
  static void start(Client& client, ClientRequest request, const ExchangePtr& exchange) {
    auto* relay = new Relay(exchange);
    exchange->onGone([relay] { relay->end(); });
    exchange->onDrained([relay] { relay->call_->resume(); });
    relay->call_ = client.start(std::move(request), *relay);
  }

 private:
  explicit Relay(ExchangePtr exchange) : exchange_(std::move(exchange)) {}
  void onHead(const ResponseHead& head) override {
    exchange_->start({head.status, "text/plain", "", {}});
  }
  void onData(std::string_view bytes) override {
    exchange_->write(bytes);
    if (exchange_->pendingBytes() > 64 << 10) call_->pause();
  }
  void onEnd() override {
    exchange_->finish();
    end();
  }
  void onFailure(const Failure&) override {
    if (exchange_->started())
      exchange_->abort();
    else
      exchange_->respond({502, "text/plain", "", {}});
    end();
  }
  void end() { std::unique_ptr<Relay>(this).reset(); }

  ExchangePtr exchange_;
  std::unique_ptr<Call> call_;
};

// An answer of `size` bytes: in full with its length, or streamed, a piece a turn of the loop.
void serveBytes(const ExchangePtr& exchange, size_t size, bool streamed) {
  const std::string body(size, static_cast<char>('a' + size % 26));
  if (!streamed) return exchange->respond({200, "text/plain", body, {}});
  exchange->start({200, "text/plain", "", {}});
  auto step = std::make_shared<std::function<void(size_t)>>();
  *step = [exchange, body, weak = std::weak_ptr(step)](size_t at) {
    if (at >= body.size()) return exchange->finish();
    exchange->write(std::string_view(body).substr(at, 5000));
    exchange->loop().post([next = weak.lock(), at] { (*next)(at + 5000); });
  };
  (*step)(0);
}

}  // namespace

TEST_SUITE("http/client") {
  TEST_CASE("a connection is used again by the next call, and by no other origin") {
    RawListener listener;
    HttpClient client;
    RawSocket upstream;
    for (int i = 0; i < 3; ++i) {
      TestCall call(client);
      call.start(localRequest(listener.port()));
      if (i == 0) upstream = listener.accept();
      upstream.readUntil("hello");
      upstream.send(kOk);
      CHECK(call.ended());
      CHECK(call->timings().reused == (i > 0));
      CHECK(client.idle() == 1);
    }
    RawListener other;
    TestCall call(client);
    call.start(localRequest(other.port()));
    RawSocket second = other.accept();
    second.readUntil("hello");
    second.send(kOk);
    CHECK(call.ended());
    CHECK(client.idle() == 2);
    onLoop(client.loop(), [&] { client.client().closeIdle(); });
    CHECK(client.idle() == 0);
    CHECK(upstream.end() == RawSocket::End::Eof);
  }

  TEST_CASE(
      "a connection is not used again when the upstream says so, closes, or sends more than its "
      "answer") {
    RawListener listener;
    HttpClient client;
    for (const std::string& wire :
         {std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"),
          std::string("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), kOk + kOk, kOk + "x",
          std::string("HTTP/1.1 204 No Content\r\n\r\nx"),
          // The answer fills one read exactly; the poison stands behind it.
          "HTTP/1.1 200 OK\r\nContent-Length: 65000\r\nX: " +
              std::string(65'536 - 65'000 - 48, 'x') + "\r\n\r\n" + std::string(65'000, 'y') +
              kOk}) {
      INFO(wire.substr(0, 60));
      TestCall call(client);
      onLoop(client.loop(), [&] {});
      call.start(localRequest(listener.port()));
      RawSocket upstream = listener.accept();
      upstream.readUntil("hello");
      onLoop(client.loop(),
             [&] { upstream.send(wire); });  // all of it is there when the loop looks
      CHECK(call.ended());
      CHECK(client.idle() == 0);
    }
  }

  TEST_CASE("what an upstream sends unasked makes its idle connection useless") {
    RawListener listener;
    HttpClient client;
    for (const bool closes : {true, false}) {
      TestCall call(client);
      call.start(localRequest(listener.port()));
      RawSocket upstream = listener.accept();
      upstream.readUntil("hello");
      upstream.send(kOk);
      CHECK(call.ended());
      CHECK(client.idle() == 1);
      if (closes)
        upstream.close();
      else
        upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
      CHECK(eventually([&] { return client.idle() == 0; }));
    }
  }

  TEST_CASE(
      "a pooled connection that was closed unseen is replaced once, and the request sent whole") {
    RawListener listener;
    HttpClient client;
    const std::string body(300'000, 'b');
    for (const bool fails_again : {false, true}) {
      TestCall first(client);
      first.start(localRequest(listener.port()));
      RawSocket upstream = listener.accept();
      upstream.readUntil("hello");
      upstream.send(kOk);
      CHECK(first.ended());
      TestCall second(client);
      onLoop(client.loop(), [&] {
        upstream.close();  // the loop has not seen it when it takes the connection
        second.startOnLoop(localRequest(listener.port(), {body}));
      });
      RawSocket fresh = listener.accept();
      CHECK(fresh.readUntil("\r\n\r\n").starts_with("POST /v1/x HTTP/1.1\r\n"));
      CHECK(fresh.readExactly(body.size()) == body);
      if (fails_again) {
        fresh.close();
        CHECK(second.failure() == FailureKind::Reset);
        CHECK(!listener.waits(milliseconds(50)));
      } else {
        fresh.send(kOk);
        CHECK(second.ended());
        CHECK(second.body() == "ok");
        CHECK(!second->timings().reused);
      }
      onLoop(client.loop(), [&] { client.client().closeIdle(); });
    }
  }

  TEST_CASE("calls over the connection limit of an origin fail as overloaded, until one is free") {
    RawListener listener;
    ClientOptions options;
    options.connections_per_origin = 1;
    HttpClient client(options);
    TestCall first(client);
    first.start(localRequest(listener.port()));
    RawSocket upstream = listener.accept();
    {
      TestCall second(client);
      CHECK(second.start(localRequest(listener.port())).failure() == FailureKind::Overloaded);
    }
    upstream.readUntil("hello");
    upstream.send(kOk);
    CHECK(first.ended());
    TestCall third(client);
    third.start(localRequest(listener.port()));
    upstream.readUntil("hello");
    upstream.send(kOk);
    CHECK(third.ended());
  }

  TEST_CASE("no more idle connections are kept than asked for") {
    RawListener listener;
    ClientOptions options;
    options.idle_per_origin = 2;
    HttpClient client(options);
    std::vector<std::unique_ptr<TestCall>> calls;
    std::vector<RawSocket> upstreams;
    for (int i = 0; i < 4; ++i) {
      calls.push_back(std::make_unique<TestCall>(client));
      calls.back()->start(localRequest(listener.port()));
      upstreams.push_back(listener.accept());
    }
    for (auto& upstream : upstreams) {
      upstream.readUntil("hello");
      upstream.send(kOk);
    }
    for (auto& call : calls) CHECK(call->ended());
    CHECK(client.idle() == 2);
  }

  TEST_CASE("private, loopback and metadata addresses are refused unless the provider is private") {
    RawListener listener;
    HttpClient client;
    for (const std::string host :
         {"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
          "169.254.169.254", "0.0.0.0", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1",
          "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "localhost"}) {
      INFO(host);
      TestCall call(client);
      ClientRequest request = localRequest(listener.port());
      request.origin.host = host;
      request.origin.allow_private = false;
      CHECK(call.start(request).failure() == FailureKind::EgressRefused);
    }
    CHECK(!listener.waits(milliseconds(20)));
    RawSocket upstream;
    for (const std::string host : {"localhost", "::ffff:127.0.0.1", "127.0.0.1"}) {
      INFO(host);
      TestCall call(client);
      ClientRequest request = localRequest(listener.port());
      request.origin.host = host;
      call.start(request);
      upstream = listener.accept();
      upstream.readUntil("hello");
      upstream.send(kOk);
      CHECK(call.ended());
    }
    // A connection that a private provider left idle is no way around the guard.
    CHECK(client.idle() > 0);
    TestCall call(client);
    ClientRequest request = localRequest(listener.port());
    request.origin.allow_private = false;
    CHECK(call.start(request).failure() == FailureKind::EgressRefused);
  }

  TEST_CASE("certificates are verified: by whom they are signed and for whom") {
    TlsFiles files("DNS:localhost,IP:127.0.0.1");
    HttpServer server(echo, {},
                      TlsContext::server(files.certificateFile(), files.keyFile()).value());
    const auto ask = [&](const std::string& ca, const std::string& host) {
      HttpClient client({}, TlsContext::client(ca).value());
      TestCall call(client);
      call.start(tlsRequest(server.port(), host));
      const auto failure = call.failure();
      if (failure == FailureKind::Tls) CHECK(call.detail().starts_with("certificate: "));
      if (!failure) CHECK(call.body() == "POST /v1/x\nhello");
      return failure;
    };
    CHECK(ask("", "localhost") == FailureKind::Tls);
    CHECK(ask(files.certificateFile(), "localhost") == std::nullopt);
    CHECK(ask(files.certificateFile(), "127.0.0.1") == std::nullopt);
    CHECK(ask(files.certificateFile(), "::ffff:127.0.0.1") == FailureKind::Tls);
    TlsFiles other("DNS:other.example,DNS:*.example,IP:127.0.0.2");
    HttpServer wrong(echo, {},
                     TlsContext::server(other.certificateFile(), other.keyFile()).value());
    for (const std::string host : {"localhost", "127.0.0.1"}) {
      HttpClient client({}, TlsContext::client(other.certificateFile()).value());
      TestCall call(client);
      CHECK(call.start(tlsRequest(wrong.port(), host)).failure() == FailureKind::Tls);
    }
  }

  TEST_CASE("over TLS: reuse, large bodies both ways, cancellation") {
    TlsFiles files;
    ExchangePtr held;
    int gone = 0;
    HttpServer server(
        [&](const ExchangePtr& exchange) {
          if (exchange->request().body != "hold") return echo(exchange);
          held = exchange;
          exchange->onGone([&] { ++gone; });
        },
        {}, TlsContext::server(files.certificateFile(), files.keyFile()).value());
    HttpClient client({}, TlsContext::client(files.certificateFile()).value());
    const std::string body(4 << 20, 'z');
    for (int i = 0; i < 3; ++i) {
      TestCall call(client);
      ClientRequest request = tlsRequest(server.port(), "localhost");
      request.body = {body};
      CHECK(call.start(request).ended());
      CHECK(call.body() == "POST /v1/x\n" + body);
      CHECK(call->timings().reused == (i > 0));
    }
    TestCall call(client);
    ClientRequest request = tlsRequest(server.port(), "localhost");
    request.body = {"hold"};
    call.start(request);
    CHECK(eventually([&] { return server.server().counters().in_flight == 1; }));
    onLoop(client.loop(), [&] { call.cancel(); });
    CHECK(eventually([&] { return server.server().counters().in_flight == 0; }));
    onLoop(server.loop(), [&] {
      CHECK(gone == 1);
      held.reset();
    });
  }

  TEST_CASE(
      "over TLS, only close_notify is a proper end; a peer that never shakes hands is a connect "
      "timeout") {
    TlsFiles files;
    const auto context = TlsContext::server(files.certificateFile(), files.keyFile()).value();
    RawListener listener;
    HttpClient client({}, TlsContext::client(files.certificateFile()).value());
    for (const bool notify : {true, false}) {
      TestCall call(client);
      call.start(tlsRequest(listener.port(), "localhost"));
      RawSocket upstream = listener.accept();
      REQUIRE(upstream.startTls(context->get(), SSL_accept));
      upstream.readUntil("hello");
      upstream.send("HTTP/1.1 200 OK\r\n\r\nbody");
      if (notify)
        SSL_shutdown(upstream.ssl());
      else
        upstream.shutdownWrite();
      if (notify)
        CHECK(call.ended());
      else
        CHECK(call.failure() == FailureKind::Truncated);
      CHECK(call.body() == "body");
    }
    TestCall silent(client);
    ClientRequest request = tlsRequest(listener.port(), "localhost");
    request.timeouts.connect = milliseconds(100);
    silent.start(request);
    RawSocket upstream = listener.accept();
    CHECK(silent.failure() == FailureKind::ConnectTimeout);
    TestCall plain(client);
    plain.start(tlsRequest(listener.port(), "localhost"));
    upstream = listener.accept();
    upstream.send(kOk);
    CHECK(plain.failure() == FailureKind::Tls);
  }

  TEST_CASE("a name with several addresses is tried in turn, and what failed before is forgotten") {
    // "localhost" may be ::1 first, where nobody listens.
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port());
    request.origin.host = "localhost";
    call.start(request);
    RawSocket upstream = listener.accept();
    upstream.readUntil("hello");
    upstream.send("HTTP/1.1 200 OK\r\n\r\nto the end");
    upstream.close();
    CHECK(call.ended());
    CHECK(call.body() == "to the end");
  }

  TEST_CASE("a name that does not resolve is a DNS failure") {
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(80);
    request.origin.host = std::string(300, 'a');
    CHECK(call.start(request).failure() == FailureKind::Dns);
  }

  TEST_CASE("an in-process server is reached by name, without a port") {
    Loop loop;
    loop.start();
    std::string peer;
    ExchangePtr held;
    int gone = 0;
    Server server({&loop}, {.limits = {},
                            .tls = nullptr,
                            .handler =
                                [&](const ExchangePtr& exchange) {
                                  peer = exchange->request().peer;
                                  if (exchange->request().body != "hold") return echo(exchange);
                                  held = exchange;
                                  exchange->onGone([&] { ++gone; });
                                  exchange->start({200, "text/event-stream", "", {}});
                                  exchange->write("data: 1\n\n");
                                },
                            .render_error = renderPlain});
    ClientOptions options;
    options.connect_internal = [&](const std::string& name, Loop& on) {
      if (name != "demo") return Socket();
      auto [ours, theirs] = socketPair();
      server.adopt(std::move(theirs), on);
      return std::move(ours);
    };
    {
      HttpClient client(options, nullptr, &loop);
      ClientRequest request = localRequest(1);
      request.origin = {Origin::Scheme::Internal, "demo", 0, false, "demo"};
      const std::string body(5 << 20, 'q');
      for (int i = 0; i < 3; ++i) {
        TestCall call(client);
        request.body = {body};
        CHECK(call.start(request).ended());
        CHECK(call.body() == "POST /v1/x\n" + body);
        CHECK(call->timings().reused == (i > 0));
      }
      CHECK(peer == "local");
      CHECK(client.idle() == 1);
      {
        TestCall call(client);
        request.body = {"hold"};
        call.start(request);
        CHECK(eventually([&] { return call.body() == "data: 1\n\n"; }));
        onLoop(loop, [&] { call.cancel(); });
        CHECK(eventually([&] { return server.counters().in_flight == 0; }));
        onLoop(loop, [&] {
          CHECK(gone == 1);
          held.reset();
        });
      }
      TestCall unknown(client);
      request.origin.host = "nobody";
      CHECK(unknown.start(request).failure() == FailureKind::Connect);
    }
    server.close();
  }

  TEST_CASE("a relay on one loop keeps its bytes apart") {
    // Answering a client from inside an upstream's callback must not disturb what that callback was
    // still being given, though both share the loop's buffer.
    RawListener upstream_listener;
    Loop loop;
    loop.start();
    HttpClient client({}, nullptr, &loop);
    TestCall call(client);
    ExchangePtr held;
    Server server({&loop}, {.limits = {},
                            .tls = nullptr,
                            .handler = [&](const ExchangePtr& exchange) { held = exchange; },
                            .render_error = renderPlain});
    const uint16_t port = server.listen("127.0.0.1:0").value();
    RawSocket caller = RawSocket::connect(port);
    caller.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" +
                std::string(30'000, '!'));
    CHECK(eventually([&] { return server.counters().in_flight == 1; }));
    caller.send(std::string(30'000, '!'));
    call.on_data = [&] {
      if (held) std::exchange(held, nullptr)->respond({200, "text/plain", "early", {}});
    };
    call.start(localRequest(upstream_listener.port()));
    RawSocket upstream = upstream_listener.accept();
    upstream.readUntil("hello");
    std::string wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string body;
    for (int i = 0; i < 1000; ++i) {
      const std::string piece = "piece " + std::to_string(1000 + i);
      wire += "a\r\n" + piece + "\r\n";
      body += piece;
    }
    onLoop(loop, [&] { upstream.send(wire + "0\r\n\r\n"); });
    CHECK(call.ended());
    CHECK(call.body() == body);
    CHECK(caller.response().body == "early");
    server.close();
  }

  TEST_CASE(
      "relays under load, with clients that leave at any moment, lose no byte and leave nothing "
      "behind") {
    Loop loops[2];
    Resolver resolver;
    Server backend({&loops[0], &loops[1]},
                   {.limits = {},
                    .tls = nullptr,
                    .handler =
                        [](const ExchangePtr& exchange) {
                          const Request& request = exchange->request();
                          serveBytes(exchange,
                                     static_cast<size_t>(
                                         std::atoi(std::string(request.path.substr(1)).c_str())),
                                     request.query == "s");
                        },
                    .render_error = renderPlain});
    ClientOptions options;
    options.connect_internal = [&](const std::string&, Loop& on) {
      auto [ours, theirs] = socketPair();
      backend.adopt(std::move(theirs), on);
      return std::move(ours);
    };
    for (Loop& loop : loops) loop.start();
    const uint16_t backend_port = backend.listen("127.0.0.1:0").value();
    std::optional<Client> clients[2];
    for (size_t i = 0; i < 2; ++i)
      onLoop(loops[i], [&] { clients[i].emplace(loops[i], resolver, nullptr, options); });
    Server front({&loops[0], &loops[1]},
                 {.limits = {},
                  .tls = nullptr,
                  .handler =
                      [&](const ExchangePtr& exchange) {
                        ClientRequest request = localRequest(backend_port);
                        request.path = exchange->request().target;
                        request.body = {exchange->request().body};
                        if (exchange->request().headers.has("X-Internal"))
                          request.origin = {Origin::Scheme::Internal, "b", 0, false, "b"};
                        Relay::start(*clients[&exchange->loop() == &loops[0] ? 0 : 1],
                                     std::move(request), exchange);
                      },
                  .render_error = renderPlain});
    const uint16_t port = front.listen("127.0.0.1:0").value();
    std::atomic<int> whole{0};
    std::atomic<int> wrong{0};
    {
      std::vector<std::jthread> threads;
      for (unsigned t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
          std::mt19937 random(t);
          RawSocket client = RawSocket::connect(port);
          for (int i = 0; i < 120; ++i) {
            const size_t size = random() % 5 == 0 ? random() % 2'000'000 : random() % 20'000;
            const std::string sent(random() % 10'000, 'b');
            client.send("POST /" + std::to_string(size) + (random() % 2 == 0 ? "?s" : "") +
                        " HTTP/1.1\r\nHost: h\r\n" +
                        (random() % 2 == 0 ? "X-Internal: 1\r\n" : "") +
                        "Content-Length: " + std::to_string(sent.size()) + "\r\n\r\n" + sent);
            if (random() % 3 == 0) {  // leaves: at once, or after some bytes
              if (random() % 2 == 0) client.readExactly(1 + random() % 100);
              if (random() % 2 == 0) client.reset();
              client = RawSocket::connect(port);
              continue;
            }
            const RawResponse response = client.response();
            if (response.complete &&
                response.body == std::string(size, static_cast<char>('a' + size % 26)))
              ++whole;
            else
              ++wrong;
          }
        });
      }
    }
    CHECK(wrong == 0);
    CHECK(whole > 200);
    CHECK(
        eventually([&] { return front.counters().in_flight == 0 && front.counters().open == 0; }));
    CHECK(eventually([&] { return backend.counters().in_flight == 0; }));
    for (size_t i = 0; i < 2; ++i) onLoop(loops[i], [&] { clients[i].reset(); });
    CHECK(eventually([&] { return backend.counters().open == 0; }));
    front.close();
    backend.close();
  }

  TEST_CASE("a client and its calls may go together, whatever they were doing") {
    RawListener listener;
    Loop loop;
    loop.start();
    Resolver resolver;
    struct Deaf final : CallObserver {
      void onHead(const ResponseHead&) override {}
      void onData(std::string_view) override {}
      void onEnd() override {}
      void onFailure(const Failure&) override {}
    } deaf;
    std::vector<RawSocket> upstreams;
    for (int round = 0; round < 20; ++round) {
      std::optional<Client> client;
      std::vector<std::unique_ptr<Call>> calls;
      onLoop(loop, [&] {
        client.emplace(loop, resolver, nullptr);
        for (int i = 0; i < 3; ++i)
          calls.push_back(client->start(localRequest(listener.port()), deaf));
      });
      if (round % 2 == 0) {
        for (int i = 0; i < 3; ++i) upstreams.push_back(listener.accept());
        if (round % 4 == 0) upstreams.back().send(kOk);
      }
      onLoop(loop, [&] {
        calls.clear();
        client.reset();
      });
    }
    loop.stop();
  }

  TEST_CASE("a body goes out as it becomes known, with its length from the start") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port(), {"one "});
    request.body_bytes = 16;
    call.start(request);
    RawSocket upstream = listener.accept();
    CHECK(upstream.readUntil("\r\n\r\none ").find("Content-Length: 16\r\n") != std::string::npos);
    onLoop(client.loop(), [&] {
      call->send("two ");
      CHECK_FALSE(call->sent());
    });
    CHECK(upstream.readExactly(4) == "two ");
    onLoop(client.loop(), [&] {
      call->send("three four five");  // more than was announced
      CHECK(call->sent());
      call->send("six");
    });
    CHECK(upstream.readExactly(8) == "three fo");
    CHECK(upstream.quiet(milliseconds(20)));
    upstream.send(kOk);
    CHECK(call.ended());
    CHECK(client.idle() == 1);
  }

  TEST_CASE("an answer before the body's end ends the call, and its connection") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port(), {"one "});
    request.body_bytes = 16;
    call.start(request);
    RawSocket upstream = listener.accept();
    upstream.readUntil("one ");
    upstream.send("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
    CHECK(call.ended());
    CHECK(call.status() == 413);
    CHECK(client.idle() == 0);
    onLoop(client.loop(), [&] { call->send("two"); });
    CHECK(upstream.readToEnd().empty());
  }

  TEST_CASE("an upstream is not late while it waits for the body") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port(), {"one "});
    request.body_bytes = 8;
    request.timeouts.first_byte = milliseconds(60);
    call.start(request);
    RawSocket upstream = listener.accept();
    CHECK_FALSE(call.wait(milliseconds(150)));
    onLoop(client.loop(), [&] { call->send("two "); });
    CHECK(call.failure() == FailureKind::FirstByteTimeout);
  }

  TEST_CASE("a body that is not all known goes out again where a kept connection was closed") {
    RawListener listener;
    HttpClient client;
    {
      TestCall first(client);
      first.start(localRequest(listener.port()));
      RawSocket upstream = listener.accept();
      upstream.readUntil("hello");
      upstream.send(kOk);
      CHECK(first.ended());
      TestCall call(client);
      ClientRequest request = localRequest(listener.port(), {"one "});
      request.body_bytes = 8;
      call.start(request);
      upstream.readUntil("one ");
      upstream.close();
      RawSocket fresh = listener.accept();
      fresh.readUntil("one ");
      onLoop(client.loop(), [&] { call->send("two "); });
      CHECK(fresh.readExactly(4) == "two ");
      fresh.send(kOk);
      CHECK(call.ended());
    }
  }
}
