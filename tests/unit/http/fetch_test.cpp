#include "http/fetch.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/http_client.h"
#include "support/tls_files.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

FailureKind failureOf(HttpClient& client, ClientRequest request, uint64_t max_body = 1 << 20) {
  const auto fetched = fetch(client.loop(), client.client(), std::move(request), max_body);
  REQUIRE_FALSE(fetched);
  return fetched.error().kind;
}

}  // namespace

TEST_SUITE("http/fetch") {
  TEST_CASE("a call's answer comes back whole, whatever its status") {
    HttpServer server([](const ExchangePtr& exchange) {
      Response response{404, "text/plain", std::string(exchange->request().body), {}};
      response.headers.add("X-Target", exchange->request().target);
      exchange->respond(response);
    });
    HttpClient client;
    for (const bool reused : {false, true}) {
      std::string first = "hel", second = "lo";
      auto request = localRequest(server.port(), {first, second});
      const auto fetched = fetch(client.loop(), client.client(), std::move(request));
      REQUIRE(fetched);
      CHECK(fetched->status == 404);
      CHECK(fetched->body == "hello");
      CHECK(fetched->header("x-target") == "/v1/x");
      CHECK(fetched->header("x-none").empty());
      CHECK(fetched->timings.reused == reused);
      CHECK(fetched->timings.head.count() >= 0);
    }
  }

  TEST_CASE("over TLS a request may have no body, or pieces of nothing") {
    TlsFiles files;
    HttpServer server(
        [](const ExchangePtr& exchange) {
          exchange->respond({200, "text/plain", "<" + std::string(exchange->request().body) + ">"});
        },
        {}, TlsContext::server(files.certificateFile(), files.keyFile()).value());
    HttpClient client({}, TlsContext::client(files.certificateFile()).value());
    const auto request = [&](std::vector<std::string_view> body) {
      ClientRequest made = localRequest(server.port(), std::move(body));
      made.origin.scheme = Origin::Scheme::Https;
      made.origin.host = "localhost";
      return made;
    };
    const auto fetched = fetch(client.loop(), client.client(), request({}));
    REQUIRE(fetched);
    CHECK(fetched->body == "<>");
    TestCall call(client);
    CHECK(call.start(request({"", "a", "", "b", ""})).ended());
    CHECK(call.body() == "<ab>");
  }

  TEST_CASE("what is too large to hold goes to a sink, an error's body does not") {
    HttpServer server([](const ExchangePtr& exchange) {
      const bool good = exchange->request().body == "good";
      exchange->respond({good ? 200 : 404, "text/plain", std::string(300'000, 'x'), {}});
    });
    HttpClient client;
    const auto received = std::make_shared<std::string>();
    const auto sink = [received](std::string_view bytes) {
      received->append(bytes);
      return true;
    };
    const auto ask = [&](std::string_view body, std::function<bool(std::string_view)> to) {
      return fetchInto(client.loop(), client.client(), localRequest(server.port(), {body}),
                       std::move(to));
    };
    const auto fetched = ask("good", sink);
    REQUIRE(fetched);
    CHECK(fetched->status == 200);
    CHECK(fetched->body.empty());
    CHECK(received->size() == 300'000);
    const auto refused = ask("bad", sink);
    REQUIRE(refused);
    CHECK(refused->status == 404);
    CHECK(refused->body.size() == 64 << 10);
    CHECK(received->size() == 300'000);
    const auto full = ask("good", [](std::string_view) { return false; });
    REQUIRE_FALSE(full);
    CHECK(full.error().kind == FailureKind::TooLarge);
  }

  TEST_CASE("failures come back as such") {
    HttpServer server([](const ExchangePtr& exchange) {
      exchange->respond({200, "text/plain", std::string(2000, 'x'), {}});
    });
    HttpClient client;
    CHECK(fetch(client.loop(), client.client(), localRequest(server.port()), 2000));
    CHECK(failureOf(client, localRequest(server.port()), 1999) == FailureKind::TooLarge);
    uint16_t nobody = 0;
    {
      RawListener listener;
      nobody = listener.port();
    }
    CHECK(failureOf(client, localRequest(nobody)) == FailureKind::Connect);
    auto guarded = localRequest(server.port());
    guarded.origin.allow_private = false;
    CHECK(failureOf(client, std::move(guarded)) == FailureKind::EgressRefused);
  }

  TEST_CASE("an upstream that never answers is given up in time, and its connection closed") {
    RawListener listener;
    HttpClient client;
    auto request = localRequest(listener.port());
    request.timeouts.total = milliseconds(200);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(failureOf(client, std::move(request)) == FailureKind::TotalTimeout);
    CHECK(std::chrono::steady_clock::now() - begin < seconds(2));
    RawSocket upstream = listener.accept();
    upstream.readUntil("hello");
    CHECK(upstream.end() == RawSocket::End::Eof);
  }

  TEST_CASE("many threads wait on one loop") {
    HttpServer server(echo);
    HttpClient client;
    std::atomic<int> good = 0;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
          for (int i = 0; i < 25; ++i) {
            const std::string text = std::to_string(t) + "-" + std::to_string(i);
            const auto got =
                fetch(client.loop(), client.client(), localRequest(server.port(), {text}));
            if (got && got->body.find(text) != std::string::npos) ++good;
          }
        });
      }
    }
    CHECK(good == 200);
  }

  TEST_CASE("a loop that ends under a call lets its thread go at once") {
    RawListener listener;
    Loop loop;
    Resolver resolver;
    std::optional<Client> client(std::in_place, loop, resolver, nullptr);
    loop.start();
    std::optional<FailureKind> seen;
    auto request = localRequest(listener.port());
    request.timeouts.total = seconds(60);
    std::jthread waiting([&] {
      const auto fetched = fetch(loop, *client, std::move(request));
      if (!fetched) seen = fetched.error().kind;
    });
    RawSocket upstream = listener.accept();
    upstream.readUntil("hello");
    const auto begin = std::chrono::steady_clock::now();
    loop.stop();
    waiting.join();
    CHECK(std::chrono::steady_clock::now() - begin < seconds(2));
    CHECK(seen == FailureKind::Reset);
    // A loop that has ended answers nobody, and nothing is leaked.
    CHECK_FALSE(fetch(loop, *client, localRequest(listener.port())));
    client.reset();
  }

  // The loop gets to the call only when nobody waits for it any more. AddressSanitizer tells when
  // it then reads a body that is gone.
  TEST_CASE("a body may go once its call has been given up") {
    HttpServer server(echo);
    HttpClient client;
    std::promise<void> given_up;
    client.loop().post([held = given_up.get_future().share()] { held.wait(); });
    {
      const std::string body(1 << 20, 'x');
      auto request = localRequest(server.port(), {body});
      request.timeouts.total = milliseconds(1);
      CHECK(failureOf(client, std::move(request)) == FailureKind::Reset);
    }
    given_up.set_value();
    CHECK(fetch(client.loop(), client.client(), localRequest(server.port())));
  }

  TEST_CASE("the loop's own thread may not wait for itself") {
    HttpClient client;
    bool refused = false;
    onLoop(client.loop(), [&] {
      try {
        (void)fetch(client.loop(), client.client(), localRequest(1));
      } catch (const std::logic_error&) {
        refused = true;
      }
    });
    CHECK(refused);
  }
}
