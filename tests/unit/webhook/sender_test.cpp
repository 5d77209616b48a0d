#include "webhook/sender.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/webhook/support.h"

using namespace penstock;
using namespace penstock::test;
using webhook::Outgoing;
using webhook::Sender;
using webhook::Sent;

namespace {

struct Outbound {
  Outbound()
      : sender(std::make_shared<Sender>(client.loop(), client.client(), [this](Sent one) {
          std::lock_guard lock(mutex);
          sent.push_back(std::move(one));
          changed.notify_all();
        })) {}
  ~Outbound() { sender->close(); }

  Outgoing to(const RawListener& listener, const std::string& id) {
    Outgoing outgoing{id, "body of " + id, localRequest(listener.port(), {})};
    outgoing.request.max_response_bytes = 100;
    return outgoing;
  }
  void send(Outgoing outgoing) {
    std::vector<Outgoing> batch;
    batch.push_back(std::move(outgoing));
    sender->send(std::move(batch));
  }
  Sent next() {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(10), [&] { return !sent.empty(); }));
    Sent one = sent.front();
    sent.erase(sent.begin());
    return one;
  }
  size_t reports() {
    std::lock_guard lock(mutex);
    return sent.size();
  }

  HttpClient client;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Sent> sent;
  std::shared_ptr<Sender> sender;
};

}  // namespace

TEST_SUITE("webhook/sender") {
  TEST_CASE("the status decides, whatever becomes of the body") {
    const struct {
      const char* wire;
      int64_t status;
      const char* error;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, ""},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
        {"HTTP/1.1 299 Fine\r\nContent-Length: 9\r\n\r\ncut", 299, ""},
        {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", 200, ""},
        {"HTTP/1.1 300 Choices\r\nContent-Length: 0\r\n\r\n", 300, "status 300"},
        {"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nsecret", 500, "status 500"},
    };
    RawListener listener;
    for (const auto& c : cases) {
      INFO(c.wire);
      Outbound f;
      f.send(f.to(listener, "whd_1"));
      RawSocket socket = listener.accept();
      socket.readUntil("body of whd_1");
      socket.send(c.wire);
      socket.shutdownWrite();
      const Sent sent = f.next();
      CHECK(sent.delivery_id == "whd_1");
      CHECK(sent.status == c.status);
      CHECK(sent.error == c.error);
      CHECK(sent.delivered() == (c.error[0] == '\0'));
    }
  }

  TEST_CASE("without a status the failure is told by name") {
    RawListener listener;
    Outbound f;
    f.send(f.to(listener, "whd_1"));
    listener.accept().close();
    CHECK(f.next().error == "connection_reset");
    f.send(f.to(listener, "whd_2"));
    RawSocket socket = listener.accept();
    socket.readUntil("body of whd_2");
    socket.send("SMTP ready\r\n\r\n");
    const Sent sent = f.next();
    CHECK(sent.error == "bad_response");
    CHECK_FALSE(sent.status);
    CHECK_FALSE(sent.delivered());
  }

  TEST_CASE("closing cancels what is under way, drops what comes later, and reports neither") {
    RawListener listener;
    Outbound f;
    f.send(f.to(listener, "whd_1"));
    RawSocket socket = listener.accept();
    socket.readUntil("body of whd_1");
    f.sender->close();
    CHECK(socket.end() == RawSocket::End::Eof);
    f.send(f.to(listener, "whd_2"));
    onLoop(f.client.loop(), [] {});
    CHECK(f.reports() == 0);
    CHECK_FALSE(listener.waits(std::chrono::milliseconds(0)));
    f.sender->close();
    onLoop(f.client.loop(), [&] { f.sender->close(); });
  }
}
