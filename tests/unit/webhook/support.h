#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "metrics/registry.h"
#include "support/http_client.h"
#include "support/http_server.h"
#include "support/store_fixture.h"
#include "webhook/dispatcher.h"
#include "webhook/envelope.h"

namespace penstock::test {

// What spec/modelux.md 10 says of the signature, written by its text: "lower-case hex HMAC-SHA256
// of the raw body with the signing secret; no prefix, no timestamp".
inline bool isSignedWith(std::string_view secret, std::string_view raw_body,
                         std::string_view header) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(raw_body.data()), raw_body.size(), mac, &size);
  std::string expected;
  for (unsigned int i = 0; i < size; ++i) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", mac[i]);
    expected += digits;
  }
  return size == 32 && header == expected;
}

// One request as it came.
struct Hit {
  std::string event_type, delivery_id, signature, previous_signature, content_type;
  std::string method, target, body;
  int answered = 0;  // the status; 0: none
};

// A receiver of webhooks: a real server that answers, cuts or keeps waiting.
class Receiver {
 public:
  enum class Mode { Answer, Cut, Hold };

  Receiver() : server_([this](const http::ExchangePtr& exchange) { receive(exchange); }) {}
  ~Receiver() { release(); }

  void answer(int status, http::Headers headers = {}) { set(Mode::Answer, status, headers); }
  void cut() { set(Mode::Cut, 0, {}); }    // ends the connection without an answer
  void hold() { set(Mode::Hold, 0, {}); }  // takes the request, says nothing
  // Answers what is held.
  void release() {
    onLoop(server_.loop(), [this] {
      std::vector<http::ExchangePtr> held;
      {
        std::lock_guard lock(mutex_);
        held.swap(held_);
      }
      for (const auto& exchange : held) exchange->respond({200, "text/plain", "late", {}});
    });
  }

  std::string url(const std::string& path = "/hook") const {
    return "http://127.0.0.1:" + std::to_string(server_.port()) + path;
  }
  // Waits for that many requests in all; false when they did not come in time.
  bool waitFor(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return hits_.size() >= count; });
  }
  std::vector<Hit> hits() {
    std::lock_guard lock(mutex_);
    return hits_;
  }
  // Requests answered with 2xx.
  std::vector<Hit> accepted() {
    auto all = hits();
    std::erase_if(all, [](const Hit& hit) { return hit.answered < 200 || hit.answered > 299; });
    return all;
  }

 private:
  void set(Mode mode, int status, http::Headers headers) {
    std::lock_guard lock(mutex_);
    mode_ = mode;
    status_ = status;
    headers_ = std::move(headers);
  }

  void receive(const http::ExchangePtr& exchange) {
    const http::Request& request = exchange->request();
    const auto header = [&](const char* name) { return std::string(request.headers.get(name)); };
    Hit hit{header("X-Modelux-Event"),     header("X-Modelux-Delivery"),
            header("X-Modelux-Signature"), header("X-Modelux-Signature-Previous"),
            header("Content-Type"),        std::string(request.method),
            std::string(request.target),   std::string(request.body)};
    std::lock_guard lock(mutex_);
    hit.answered = status_;
    hits_.push_back(std::move(hit));
    switch (mode_) {
      case Mode::Answer: exchange->respond({status_, "text/plain", "thanks", headers_}); break;
      case Mode::Cut: exchange->abort(); break;
      case Mode::Hold: held_.push_back(exchange); break;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Mode mode_ = Mode::Answer;
  int status_ = 200;
  http::Headers headers_;
  std::vector<Hit> hits_;
  std::vector<http::ExchangePtr> held_;
  HttpServer server_;  // goes first
};

// A store with a dispatcher on it that can be killed and started again.
class Courier : public StoreFixture {
 public:
  explicit Courier(webhook::DispatcherOptions with = {}) : options(with) {
    bootstrap();
    org_id = store->read([](store::Tables& t) { return t.organizations.first()->id; });
    start();
  }
  ~Courier() { stop(); }

  void start() {
    client.emplace();
    onLoop(client->loop(), [] {});
    dispatcher = std::make_unique<webhook::Dispatcher>(
        webhook::Dispatcher::Services{*store, client->loop(), client->client(), clock, log,
                                      metrics},
        options);
  }
  void stop() {
    dispatcher.reset();
    client.reset();
  }
  // All that is in memory goes, as when the process is killed and started again.
  void restart() {
    stop();
    reopen();
    start();
  }

  model::WebhookEndpoint endpoint(const std::string& url) {
    clock.advance(std::chrono::milliseconds(1));
    model::WebhookEndpoint made;
    made.id = newId("whe_", clock.now());
    made.organization_id = org_id;
    made.url = url;
    made.allow_private = true;
    made.secret = Secret("whsec_canary0123456789");
    made.created_at = made.updated_at = clock.now();
    return made;
  }
  model::WebhookEndpoint insert(const std::string& url) { return insert(endpoint(url)); }
  model::WebhookEndpoint insert(const model::WebhookEndpoint& made) {
    store->write([&](store::Tables& t) { t.webhook_endpoints.insert(made); });
    return made;
  }

  // As a handler does: in the transaction of the change, then wake().
  model::WebhookEvent emit(std::string_view type = "api_key.revoked") {
    clock.advance(std::chrono::milliseconds(1));
    const auto event = webhook::makeEvent(
        {.type = type, .org_id = org_id, .data = R"({"name":"backend"})"}, clock.now());
    store->write([&](store::Tables& t) { t.webhook_outbox.emit(event); });
    dispatcher->wake();
    return event;
  }
  void advance(std::chrono::milliseconds by) {
    clock.advance(by);
    dispatcher->wake();
  }

  std::vector<model::WebhookDelivery> deliveries(const store::DeliveryFilter& filter = {}) {
    return store->read([&](store::Tables& t) {
      return t.webhook_outbox.list(filter, {.after = "", .limit = 1000}).items;
    });
  }
  // Waits until every delivery was tried that often, or has ended.
  bool triedAll(int64_t attempts) {
    return eventually([&] {
      for (const auto& one : deliveries()) {
        if (one.status == model::DeliveryStatus::Pending && one.attempts < attempts) return false;
      }
      return true;
    });
  }
  bool endedAll() { return triedAll(1'000'000); }
  // Whether the log comes to hold this.
  bool logs(std::string_view text) const {
    return eventually([&] { return logText().find(text) != std::string::npos; });
  }
  std::string logText() const {
    std::ifstream file(dir / "log.txt");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  model::WebhookDelivery only() { return deliveries().at(0); }

  webhook::DispatcherOptions options;
  std::string org_id;
  Logger log{{.fd = ::open((dir / "log.txt").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)},
             clock};
  metrics::Registry metrics;
  std::optional<HttpClient> client;
  std::unique_ptr<webhook::Dispatcher> dispatcher;
};

}  // namespace penstock::test
