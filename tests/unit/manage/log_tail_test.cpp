#include "manage/log_tail.h"

#include <atomic>
#include <semaphore>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "support/http_server.h"
#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::test;
using namespace std::chrono_literals;
using test::logRow;

namespace {

constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
// Longer than any test.
constexpr auto kNever = 1'000'000ms;

// A server whose only route is a tail, and who fills its feeds.
struct Fixture {
  explicit Fixture(manage::LogTailOptions tail_options = {},
                   trace::Followers::Limits limits = {.followers = 2})
      : followers([this](const model::RequestLog& row) { return render(row); }, limits),
        options(std::move(tail_options)),
        server([this](const http::ExchangePtr& exchange) { answer(exchange); }) {
    if (!options.allowed) options.allowed = [this] { return allowed.load(); };
  }

  std::string render(const model::RequestLog& row) const {
    return "{\"time\":" + std::to_string(row.created_at) + padding + "}";
  }
  void answer(const http::ExchangePtr& exchange) {
    auto feed = followers.follow({});
    if (!feed) return exchange->respond({429, "text/plain", "", {}});
    exchange->start({200, "text/event-stream", "", {}});
    manage::followLogs(exchange, *std::move(feed), options);
  }
  void tell(UnixMillis time) { followers.tell(std::vector{logRow(time)}); }
  // A reader whose stream has begun.
  RawSocket reader(int receive_buffer = 0) {
    RawSocket client = RawSocket::connect(server.port(), receive_buffer);
    client.send(kGet);
    CHECK(client.readUntil(": following\n\n").ends_with(": following\n\n"));
    return client;
  }

  std::atomic<bool> allowed{true};
  std::string padding;
  trace::Followers followers;
  manage::LogTailOptions options;
  HttpServer server;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("manage/log_tail") {
  TEST_CASE("rows are sent as events when they come, and the stream stays open") {
    Fixture f({.heartbeat = kNever});
    RawSocket client = f.reader();
    f.tell(1);
    CHECK(has(client.readUntil("\n\n"), "data: {\"time\":1}\n\n"));
    f.tell(2);
    CHECK(has(client.readUntil("\n\n"), "data: {\"time\":2}\n\n"));
    client.readUntil("\r\n");
    CHECK(client.quiet(50ms));
  }

  TEST_CASE("while nothing happens a comment shows that somebody is there") {
    Fixture f({.heartbeat = 20ms, .glance = 5ms});
    RawSocket client = f.reader();
    CHECK(has(client.readUntil(": heartbeat\n\n"), ": heartbeat\n\n"));
    CHECK(has(client.readUntil(": heartbeat\n\n"), ": heartbeat\n\n"));
  }

  TEST_CASE("it ends when its time is over") {
    Fixture f({.at_most = 0s});
    const RawResponse response = f.server.ask(kGet);
    CHECK(response.complete);
    CHECK(response.body == ": following\n\nevent: end\ndata: {\"reason\":\"time_over\"}\n\n");
    CHECK(eventually([&] { return f.followers.count() == 0; }));
  }

  TEST_CASE("it ends when the caller may not read on, before another row is sent") {
    Fixture f({.glance = kNever});
    RawSocket client = f.reader();
    f.allowed = false;
    f.tell(1);
    const std::string rest = client.readUntil("0\r\n\r\n");
    CHECK(has(rest, "event: end\ndata: {\"reason\":\"access_changed\"}\n\n"));
    CHECK_FALSE(has(rest, "time"));
  }

  TEST_CASE("it ends by itself when the caller may not read on and nothing happens") {
    Fixture f({.glance = 5ms});
    RawSocket client = f.reader();
    f.allowed = false;
    CHECK(has(client.readUntil("0\r\n\r\n"), "access_changed"));
  }

  TEST_CASE("it ends with the gateway, after the rows that were told") {
    Fixture f;
    RawSocket client = f.reader();
    f.tell(1);
    f.followers.close();
    const std::string rest = client.readUntil("0\r\n\r\n");
    CHECK(rest.find("\"time\":1") < rest.find("event: end\ndata: {\"reason\":\"draining\"}\n\n"));
  }

  TEST_CASE("a reader who leaves makes room for another") {
    Fixture f({}, {.followers = 1});
    RawSocket client = f.reader();
    CHECK(f.server.ask(kGet).status == 429);
    client.close();
    CHECK(eventually([&] { return f.followers.count() == 0; }));
    f.reader();
  }

  TEST_CASE("a reader who is too slow is told how many it missed, and goes on") {
    Fixture f({.heartbeat = kNever}, {.rows = 10});
    RawSocket client = f.reader();
    std::binary_semaphore go(0);
    f.server.loop().post([&] { go.acquire(); });  // nothing is taken meanwhile
    for (int i = 1; i <= 15; ++i) f.tell(i);
    go.release();
    const std::string seen = client.readUntil("event: dropped\ndata: {\"count\":5}\n\n");
    CHECK(has(seen, "{\"time\":10}\n\nevent: dropped"));
    CHECK_FALSE(has(seen, "{\"time\":11}"));
    f.tell(16);
    CHECK(has(client.readUntil("{\"time\":16}"), "{\"time\":16}"));
  }

  TEST_CASE("a reader who takes nothing does not hold up the end") {
    Fixture f({.glance = 10ms}, {.rows = 10});
    f.padding = ",\"padding\":\"" + std::string(2000, 'x') + "\"";
    RawSocket client = f.reader(4096);
    // Each is taken before the next comes, so that it is the socket that is full in the end.
    for (int i = 0; i < 6000; ++i) {
      f.tell(i);
      onLoop(f.server.loop(), [] {});
    }
    f.followers.close();
    CHECK(eventually([&] { return f.server.server().counters().in_flight == 0; }));
    CHECK_FALSE(has(client.readToEnd(), "event: end"));
  }
}
