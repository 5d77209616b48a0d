#include "http/call.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <thread>

#include "support/fuzz.h"
#include "support/http_client.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Accepts, reads the request of the given body's length, and stands ready to answer.
RawSocket serve(const RawListener& listener, size_t body = 5) {
  RawSocket upstream = listener.accept();
  upstream.readUntil("\r\n\r\n");
  upstream.readExactly(body);
  return upstream;
}

}  // namespace

TEST_SUITE("http/call") {
  TEST_CASE("a request stands on the wire as asked, with nothing smuggled in") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port(), {"{\"a\"", ":", "", "1}"});
    request.path = "/v1/models/a b\r\nX-Evil: 1#\xc3\xa4?q=%20";
    request.headers = {{"Authorization", "Bearer x"},
                       {"X-A", "1\r\nX-Evil: 1"},
                       {"X-B\r\nX-Evil", "1"},
                       {"X C", "1"},
                       {"Host", "evil"},
                       {"content-length", "99"},
                       {"Transfer-Encoding", "chunked"}};
    call.start(request);
    RawSocket upstream = listener.accept();
    CHECK(upstream.readUntil("\r\n\r\n") ==
          "POST /v1/models/a%20b%0D%0AX-Evil:%201%23%C3%A4?q=%20 HTTP/1.1\r\nHost: 127.0.0.1:" +
              std::to_string(listener.port()) +
              "\r\nAuthorization: Bearer x\r\nAccept-Encoding: identity\r\nContent-Length: "
              "7\r\n\r\n");
    CHECK(upstream.readExactly(7) == "{\"a\":1}");
    upstream.send(kOk);
    CHECK(call.ended());
    CHECK(call.body() == "ok");
    CHECK(call->timings().connected >= std::chrono::microseconds(0));
    CHECK(call->timings().head >= call->timings().connected);
    CHECK(!call->timings().reused);
  }

  TEST_CASE("a GET has no Content-Length, an empty POST has one") {
    RawListener listener;
    HttpClient client;
    for (const std::string method : {"GET", "DELETE", "POST"}) {
      TestCall call(client);
      ClientRequest request = localRequest(listener.port(), {});
      request.method = method;
      call.start(request);
      RawSocket upstream = listener.accept();
      const bool length =
          upstream.readUntil("\r\n\r\n").find("Content-Length: 0\r\n") != std::string::npos;
      CHECK(length == (method == "POST"));
      upstream.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
      CHECK(call.ended());
      CHECK(call.status() == 204);
    }
  }

  TEST_CASE("an answer is the same at whatever byte it is split") {
    RawListener listener;
    HttpClient client;
    struct Row {
      std::string wire, body;
    };
    const std::string early =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    for (const Row& row : {
             Row{kOk, "ok"},
             Row{early + kOk, "ok"},
             Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                 "chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
                 "hello"},
             Row{"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", ""},
             Row{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
         }) {
      RawSocket upstream;
      for (size_t step = 0; step <= row.wire.size(); ++step) {
        TestCall call(client);
        call.start(localRequest(listener.port()));
        if (step == 0) {
          upstream = listener.accept();
        }
        upstream.readUntil("hello");
        if (step == 0) {
          upstream.sendSlowly(row.wire);
        } else {
          upstream.send(row.wire.substr(0, step));
          upstream.send(row.wire.substr(step));
        }
        REQUIRE(call.ended());
        CHECK(call.body() == row.body);
        CHECK(call->timings().reused == (step > 0));
      }
      onLoop(client.loop(), [&] { client.client().closeIdle(); });
    }
  }

  TEST_CASE("an answer that ends with the connection is complete only when that ends properly") {
    RawListener listener;
    HttpClient client;
    for (const bool reset : {false, true}) {
      TestCall call(client);
      call.start(localRequest(listener.port()));
      RawSocket upstream = serve(listener);
      upstream.send("HTTP/1.1 200 OK\r\n\r\nall of it");
      CHECK(eventually([&] { return call.size() == 9; }));
      if (reset)
        upstream.reset();
      else
        upstream.close();
      if (reset)
        CHECK(call.failure() == FailureKind::Truncated);
      else
        CHECK(call.ended());
      CHECK(client.idle() == 0);
    }
  }

  TEST_CASE("a cut answer is a failure, whatever its framing") {
    RawListener listener;
    HttpClient client;
    struct Row {
      std::string wire;
      FailureKind kind;
    };
    for (const Row& row : {
             Row{"", FailureKind::Reset},
             Row{"HTTP/1.1 200 OK\r\nContent-", FailureKind::Reset},
             Row{"HTTP/1.1 100 Continue\r\n\r\n", FailureKind::Reset},
             Row{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", FailureKind::Truncated},
             Row{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", FailureKind::Truncated},
             Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", FailureKind::Truncated},
             Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                 FailureKind::Truncated},
             Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                 FailureKind::Truncated},
         }) {
      INFO(row.wire);
      TestCall call(client);
      call.start(localRequest(listener.port()));
      RawSocket upstream = serve(listener);
      upstream.send(row.wire);
      upstream.close();
      CHECK(call.failure() == row.kind);
    }
  }

  TEST_CASE("what is not HTTP as we accept it is a bad response") {
    RawListener listener;
    HttpClient client;
    for (const std::string& wire :
         {std::string("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\nContent-Length: 2\n\nok"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"),
          std::string("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
          std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokX"),
          "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'),
          std::string("HTTP/1.1 200 OK\r\n") + [] {
            std::string many;
            for (int i = 0; i < 200; ++i) many += "X: y\r\n";
            return many + "\r\n";
          }()}) {
      INFO(wire.substr(0, 100));
      TestCall call(client);
      call.start(localRequest(listener.port()));
      RawSocket upstream = serve(listener);
      upstream.send(wire + "\r\n");
      CHECK(call.failure() == FailureKind::BadResponse);
      CHECK(upstream.end() != RawSocket::End::Timeout);
    }
  }

  TEST_CASE("each of the four timeouts fails by its own name") {
    RawListener listener;
    HttpClient client;
    const auto failing = [&](Timeouts timeouts, const std::function<void(RawSocket&)>& script) {
      TestCall call(client);
      ClientRequest request = localRequest(listener.port());
      request.timeouts = timeouts;
      call.start(request);
      RawSocket upstream = serve(listener);
      script(upstream);
      const auto kind = call.failure();
      CHECK(upstream.end() != RawSocket::End::Timeout);  // told at once
      return kind;
    };
    Timeouts timeouts;
    timeouts.first_byte = milliseconds(100);
    CHECK(failing(timeouts, [](RawSocket&) {}) == FailureKind::FirstByteTimeout);
    CHECK(failing(timeouts, [](RawSocket& upstream) { upstream.send("HTTP/1.1 200 O"); }) ==
          FailureKind::FirstByteTimeout);
    timeouts = {};
    timeouts.idle = milliseconds(100);
    CHECK(failing(timeouts, [](RawSocket& upstream) {
            upstream.send("HTTP/1.1 200 OK\r\n\r\nx");
          }) == FailureKind::IdleTimeout);
    timeouts = {};
    timeouts.idle = milliseconds(2'000);
    timeouts.total = milliseconds(200);
    CHECK(failing(timeouts, [](RawSocket& upstream) {
            upstream.send("HTTP/1.1 200 OK\r\n\r\n");
            while (upstream.quiet(milliseconds(20)) && upstream.send("x")) {
            }
          }) == FailureKind::TotalTimeout);
    CHECK(failing(timeouts, [](RawSocket&) {}) == FailureKind::TotalTimeout);
  }

  TEST_CASE(
      "a host that does not take the connection is a connect timeout, one that refuses it a "
      "failure") {
    // A backlog of none, filled up: the next SYN is dropped.
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(fd, 0) == 0);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    std::vector<Socket> filling;
    for (int i = 0; i < 4; ++i)
      filling.push_back(connectTo(*parseAddress("127.0.0.1", ntohs(address.sin_port))).value());
    HttpClient client;
    {
      TestCall call(client);
      ClientRequest request = localRequest(ntohs(address.sin_port));
      request.timeouts.connect = milliseconds(150);
      CHECK(call.start(request).failure() == FailureKind::ConnectTimeout);
    }
    filling.clear();
    ::close(fd);
    TestCall call(client);
    CHECK(call.start(localRequest(ntohs(address.sin_port))).failure() == FailureKind::Connect);
    CHECK(call.detail() == "Connection refused");
  }

  TEST_CASE("answers are bounded") {
    RawListener listener;
    HttpClient client;
    for (const std::string head :
         {"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n"}) {
      TestCall call(client);
      ClientRequest request = localRequest(listener.port());
      request.max_response_bytes = 1000;
      call.start(request);
      RawSocket upstream = serve(listener);
      upstream.send(head + std::string(1001, 'x'));
      CHECK(call.failure() == FailureKind::TooLarge);
      CHECK(upstream.end() != RawSocket::End::Timeout);
    }
  }

  TEST_CASE("cancelling closes the upstream's connection at once and silences the call") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    call.start(localRequest(listener.port()));
    RawSocket upstream = serve(listener);
    upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    CHECK(eventually([&] { return call.size() == 5; }));
    const int before = call.callbacks();
    onLoop(client.loop(), [&] { call.cancel(); });
    const auto start = std::chrono::steady_clock::now();
    CHECK(upstream.end() != RawSocket::End::Timeout);
    CHECK(std::chrono::steady_clock::now() - start < milliseconds(500));
    upstream.send("5\r\nhello\r\n0\r\n\r\n");
    onLoop(client.loop(), [] {});
    CHECK(call.callbacks() == before);
    CHECK(client.idle() == 0);
  }

  TEST_CASE("a call may be cancelled from inside each of its callbacks, and before it begins") {
    RawListener listener;
    HttpClient client;
    const std::string wire =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n2\r\nok\r\n0\r\n\r\n";
    for (int where = 0; where < 5; ++where) {
      TestCall call(client);
      const auto cancel = [&] { call.cancel(); };
      if (where == 0) call.on_head = cancel;
      if (where == 1) call.on_data = cancel;
      if (where == 2) call.on_end = cancel;
      if (where == 3) call.on_failure = cancel;
      if (where == 4) {
        onLoop(client.loop(), [&] {
          call.startOnLoop(localRequest(listener.port()));
          call.cancel();
        });
        onLoop(client.loop(), [] {});
        CHECK(call.callbacks() == 0);
        continue;
      }
      call.start(localRequest(listener.port()));
      RawSocket upstream = serve(listener);
      upstream.send(where == 3 ? "garbage\r\n\r\n" : wire);
      if (where < 2)
        CHECK(upstream.end() != RawSocket::End::Timeout);
      else
        CHECK(call.wait());
      onLoop(client.loop(), [] {});
      CHECK(call.callbacks() == std::array{1, 2, 4, 1}[static_cast<size_t>(where)]);
      onLoop(client.loop(), [&] { client.client().closeIdle(); });
    }
  }

  TEST_CASE("a large body reaches a slow reader whole") {
    RawListener listener;
    HttpClient client;
    std::string body(5 << 20, 'x');
    for (size_t i = 0; i < body.size(); i += 1009) body[i] = static_cast<char>('a' + i % 26);
    const std::string_view view = body;
    TestCall call(client);
    // In 40 pieces: more than one system call takes.
    std::vector<std::string_view> pieces;
    for (size_t at = 0; at < body.size(); at += body.size() / 40)
      pieces.push_back(view.substr(at, body.size() / 40));
    call.start(localRequest(listener.port(), pieces));
    RawSocket upstream = listener.accept();
    upstream.readUntil("\r\n\r\n");
    std::string got;
    while (got.size() < body.size()) {
      const std::string piece =
          upstream.readExactly(std::min<size_t>(50'000, body.size() - got.size()));
      REQUIRE(!piece.empty());
      got += piece;
    }
    CHECK(got == body);
    upstream.send(kOk);
    CHECK(call.ended());
    CHECK(client.idle() == 1);
  }

  TEST_CASE(
      "an answer that comes before the body is sent counts, and the connection is not reused") {
    RawListener listener;
    HttpClient client;
    const std::string body(20 << 20, 'x');
    for (const bool closes : {true, false}) {
      TestCall call(client);
      call.start(localRequest(listener.port(), {body}));
      RawSocket upstream = listener.accept();
      upstream.readUntil("\r\n\r\n");
      upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
      if (closes) upstream.close();
      CHECK(call.ended());
      CHECK(call.status() == 413);
      CHECK(call.body() == "big");
      CHECK(client.idle() == 0);
    }
  }

  TEST_CASE(
      "a paused call reads no more, holds no timeout against the upstream, and goes on when "
      "resumed") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    call.on_data = [&] { call->pause(); };
    ClientRequest request = localRequest(listener.port());
    request.timeouts.idle = milliseconds(500);
    call.start(request);
    RawSocket upstream = serve(listener);
    const size_t total = 30 << 20;
    std::thread sender([&] {
      upstream.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n" +
                    std::string(total, 'x'));
    });
    CHECK(eventually([&] { return call.size() > 0; }));
    CHECK(!call.wait(milliseconds(1'000)));  // twice the idle timeout
    CHECK(call.size() <= 64 << 10);
    onLoop(client.loop(), [&] {
      call.on_data = nullptr;
      call->resume();
      call->resume();
    });
    CHECK(call.ended());
    CHECK(call.size() == total);
    sender.join();
  }

  TEST_CASE("a resumed call has its idle timeout again") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port());
    request.timeouts.idle = milliseconds(100);
    call.start(request);
    RawSocket upstream = serve(listener);
    upstream.send("HTTP/1.1 200 OK\r\n\r\nx");
    CHECK(eventually([&] { return call.size() == 1; }));
    onLoop(client.loop(), [&] {
      call->pause();
      call->resume();
    });
    CHECK(call.failure() == FailureKind::IdleTimeout);
  }

  TEST_CASE(
      "whatever an upstream answers, a call ends once, and ends well only with a whole answer") {
    RawListener listener;
    HttpClient client;
    const std::vector<std::string> valid = {
        kOk, "HTTP/1.1 100 Continue\r\n\r\n" + kOk,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x\r\nabc\r\n0\r\nX: "
        "y\r\n\r\n",
        "HTTP/1.1 503 Unavailable\r\nRetry-After: 1\r\nContent-Length: 10\r\nConnection: "
        "close\r\n\r\n0123456789",
        "HTTP/1.0 200 OK\r\n\r\nto the end"};
    static constexpr char kBytes[] = "\r\n\0 :;0159aF-,HTP\xff";
    static constexpr std::string_view kNasty(kBytes, sizeof kBytes - 1);
    Fuzz fuzz(600);
    std::mt19937& random = fuzz.random;
    int ended = 0;
    for (int round = 0; round < fuzz.rounds; ++round) {
      std::string bytes = valid[random() % valid.size()];
      for (size_t i = random() % 3; i > 0; --i) {
        const size_t at = random() % bytes.size();
        if (random() % 2 == 0)
          bytes[at] = kNasty[random() % kNasty.size()];
        else if (random() % 2 == 0)
          bytes.insert(at, 1, kNasty[random() % kNasty.size()]);
        else
          bytes.erase(at, 1 + random() % 4);
        if (bytes.empty()) bytes = "x";
      }
      const bool cut = random() % 4 == 0;
      if (cut) bytes.resize(random() % bytes.size());
      CAPTURE(bytes);
      TestCall call(client);
      call.start(localRequest(listener.port()));
      RawSocket upstream = serve(listener);
      for (std::string_view rest = bytes; !rest.empty();) {
        const size_t size = std::min<size_t>(1 + random() % 40, rest.size());
        if (!upstream.send(rest.substr(0, size))) break;
        rest.remove_prefix(size);
      }
      upstream.close();
      REQUIRE(call.wait());
      if (call.ended()) {
        ++ended;
        CHECK(call.status() >= 200);
        CHECK(call.size() <= bytes.size());
      }
      onLoop(client.loop(), [&] { client.client().closeIdle(); });
    }
    CHECK(ended > fuzz.rounds / 5);
  }

  TEST_CASE("redirects are answers like any other") {
    RawListener listener;
    RawListener elsewhere;
    HttpClient client;
    TestCall call(client);
    call.start(localRequest(listener.port()));
    RawSocket upstream = serve(listener);
    upstream.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:" +
                  std::to_string(elsewhere.port()) + "/\r\nContent-Length: 0\r\n\r\n");
    CHECK(call.ended());
    CHECK(call.status() == 307);
    CHECK(call.header("location").starts_with("http://127.0.0.1"));
    CHECK(!elsewhere.waits(milliseconds(50)));
  }

  TEST_CASE("HEAD answers have no body, whatever their length says") {
    RawListener listener;
    HttpClient client;
    TestCall call(client);
    ClientRequest request = localRequest(listener.port(), {});
    request.method = "HEAD";
    call.start(request);
    RawSocket upstream = serve(listener, 0);
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    CHECK(call.ended());
    CHECK(client.idle() == 1);
  }
}
