#include "guard/webhook_call.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include <doctest/doctest.h>

#include "support/http_client.h"
#include "support/raw_socket.h"

using namespace penstock;
using namespace penstock::test;
using guard::WebhookVerdict;
using Act = WebhookVerdict::Action;

namespace {

constexpr const char* kSecret = "whsec_canary0123456789";

// One question to a listener, asked over real sockets.
struct Asked {
  explicit Asked(uint16_t port) {
    webhook.rule = "w";
    webhook.origin = localRequest(port).origin;
    webhook.path = "/guard?x=1";
    webhook.secret = Secret(kSecret);
    webhook.timeout = std::chrono::seconds(10);
  }
  ~Asked() {
    onLoop(client.loop(), [&] { call.reset(); });
  }
  void ask() {
    onLoop(client.loop(), [&] {
      call = std::make_unique<guard::WebhookCall>(
          client.client(), webhook,
          guard::Question{guard::Phase::Output, "req_1", "proj_1", "gpt", {{"text", "hello"}}},
          [&](WebhookVerdict verdict) {
            call.reset();  // as its owner does
            std::lock_guard lock(mutex);
            answer = std::move(verdict);
            changed.notify_all();
          });
    });
  }
  WebhookVerdict wait() {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, std::chrono::seconds(10), [&] { return answer.has_value(); }));
    return *answer;
  }

  HttpClient client;
  guard::Webhook webhook;
  std::unique_ptr<guard::WebhookCall> call;
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<WebhookVerdict> answer;
};

std::string reply(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// Lower-case hex HMAC-SHA256, by the text of spec/modelux.md 10.
std::string hmac(const std::string& body) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), kSecret, static_cast<int>(std::string_view(kSecret).size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac, &size);
  std::string digits;
  for (unsigned int i = 0; i < size; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", mac[i]);
    digits += two;
  }
  return digits;
}

}  // namespace

TEST_SUITE("guard/webhook_call") {
  TEST_CASE("the question is signed and its answer is what counts") {
    RawListener listener;
    Asked asked(listener.port());
    asked.ask();
    RawSocket socket = listener.accept();
    const std::string request = socket.readUntil("\"hello\"}]}");
    CHECK(request.starts_with("POST /guard?x=1 HTTP/1.1\r\n"));
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    CHECK(body.starts_with(
        R"({"phase":"output","request_id":"req_1","project":"proj_1","model":"gpt","text":"hello")"));
    CHECK(request.find("X-Modelux-Signature: " + hmac(body) + "\r\n") != std::string::npos);
    CHECK(request.find(kSecret) == std::string::npos);
    socket.send(reply(R"({"action":"redact","reason":"r","replacement":"h***"})"));
    const auto verdict = asked.wait();
    CHECK(verdict.action == Act::Redact);
    CHECK(verdict.replacements == std::vector<std::string>{"h***"});
    CHECK(verdict.failure.empty());
  }

  TEST_CASE("what is no sound answer fails open or closed, as the rule says") {
    const struct {
      std::string wire;
      const char* failure;
    } cases[] = {
        {reply("garbage"), "not a JSON object"},
        {reply(R"({"action":"sing"})"), "no action that is known"},
        {reply(R"({"action":"allow"})", "500 Oops"), "status 500"},
        {reply(R"({"action":"allow"})", "302 Found"), "status 302"},
        {"SMTP ready\r\n\r\n", "bad_response"},
        {"", "connection_reset"},
        {reply(std::string(70'000, ' ') + R"({"action":"allow"})"), "response_too_large"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"action\":", "truncated"},
    };
    for (const bool open : {true, false}) {
      for (const auto& c : cases) {
        INFO(std::string(c.failure));
        RawListener listener;
        Asked asked(listener.port());
        asked.webhook.fail_open = open;
        asked.ask();
        RawSocket socket = listener.accept();
        socket.readUntil("\"hello\"}]}");
        if (!c.wire.empty()) socket.send(c.wire);
        socket.close();
        const auto verdict = asked.wait();
        CHECK(verdict.action == (open ? Act::Allow : Act::Block));
        CHECK(verdict.failure == c.failure);
      }
    }
  }

  TEST_CASE("no answer in time is none") {
    RawListener listener;
    Asked asked(listener.port());
    asked.webhook.timeout = std::chrono::milliseconds(50);
    asked.ask();
    RawSocket socket = listener.accept();
    const auto verdict = asked.wait();
    CHECK(verdict.action == Act::Block);
    CHECK(verdict.failure.find("timeout") != std::string::npos);
  }

  TEST_CASE("private addresses are refused unless the rule is private") {
    RawListener listener;
    Asked asked(listener.port());
    asked.webhook.origin.allow_private = false;
    asked.ask();
    CHECK(asked.wait().failure == "egress_refused");
    CHECK_FALSE(listener.waits(std::chrono::milliseconds(0)));
  }

  TEST_CASE("destroying it cancels, and nobody is called") {
    RawListener listener;
    Asked asked(listener.port());
    asked.ask();
    RawSocket socket = listener.accept();
    socket.readUntil("\"hello\"}]}");
    onLoop(asked.client.loop(), [&] { asked.call.reset(); });
    CHECK(socket.end() == RawSocket::End::Eof);
    onLoop(asked.client.loop(), [] {});
    CHECK_FALSE(asked.answer.has_value());
  }
}
