#include "upstream/credentials.h"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "support/fake_upstream.h"
#include "support/http_client.h"
#include "support/manual_clock.h"

using namespace penstock;
using namespace penstock::test;
using std::chrono::minutes;
using std::chrono::seconds;
using upstream::Credentials;

namespace {

// Collects what those who wait were told.
class Answers {
 public:
  Credentials::Callback callback() {
    return [this](const Credentials::Answer& answer) {
      std::lock_guard lock(mutex_);
      told_.push_back(answer ? std::string(answer->secret.reveal()) : answer.error().message);
      changed_.notify_all();
    };
  }
  std::vector<std::string> wait(size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return told_.size() >= count; }));
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
};

// Tokens "t1", "t2", … of an hour, unless told to fail or to hold the answer back.
class TokenServer {
 public:
  std::atomic<int> status{200};
  std::atomic<bool> holds{false};

  // Also what was seen and is not held yet.
  void release() {
    std::lock_guard lock(mutex_);
    holds = false;
    for (const auto& exchange : held_) {
      exchange->loop().post([this, exchange] { answer(exchange); });
    }
    held_.clear();
  }
  http::Origin origin() const {
    auto origin = http::parseBaseUrl(upstream.baseUrl())->origin;
    origin.allow_private = true;
    return origin;
  }
  size_t asked() const { return upstream.seen().size(); }

 private:
  void answer(const http::ExchangePtr& exchange) {
    const int number = ++made_;
    exchange->respond({status,
                       "application/json",
                       R"({"access_token":"t)" + std::to_string(number) +
                           R"(","expires_in":3600,"error":"server_error"})",
                       {}});
  }
  std::atomic<int> made_{0};
  std::mutex mutex_;
  std::vector<http::ExchangePtr> held_;

 public:
  // Last: its thread uses the rest.
  FakeUpstream upstream{[this](const http::ExchangePtr& exchange) {
    std::unique_lock lock(mutex_);
    if (holds) return held_.push_back(exchange);
    lock.unlock();
    answer(exchange);
  }};
};

struct Fixture {
  TokenServer server;
  ManualClock clock;
  Logger log{{.level = LogLevel::Error}, clock};
  HttpClient client;
  Credentials credentials{{client.loop(), client.client(), clock, log}, options()};
  model::Provider provider = metadataProvider();

  Credentials::Options options() const {
    Credentials::Options options;
    options.context.places.google_metadata = server.origin();
    options.jitter = [] { return 0.0; };
    return options;
  }
  static model::Provider metadataProvider() {
    model::Provider provider{.id = "prov_1", .vendor = "vertex"};
    provider.credentials.kind = model::CredentialKind::GoogleMetadata;
    return provider;
  }
  std::string token() {
    const auto answer = credentials.wait(provider);
    return answer ? std::string(answer->secret.reveal()) : answer.error().message;
  }
  // What is at hand at once, or "".
  std::string atHand() {
    const auto answer = credentials.get(provider, [](const Credentials::Answer&) {});
    if (!answer) return "";
    return *answer ? std::string((*answer)->secret.reveal()) : answer->error().message;
  }
  // Waits until a fetch that was started has been taken in: the next token is at hand.
  bool renewedTo(const std::string& wanted) {
    const auto until = std::chrono::steady_clock::now() + seconds(10);
    while (std::chrono::steady_clock::now() < until) {
      if (atHand() == wanted) return true;
      std::this_thread::yield();
    }
    return false;
  }
};

}  // namespace

TEST_SUITE("upstream/credentials") {
  TEST_CASE("what is stored is at hand, and nobody is asked") {
    Fixture f;
    f.provider = {.id = "prov_2", .vendor = "openai", .api_key = Secret("sk-1")};
    CHECK(f.token() == "sk-1");
    CHECK(f.server.asked() == 0);
  }

  TEST_CASE("a token is fetched once, kept, and renewed five minutes before it expires") {
    Fixture f;
    CHECK(f.token() == "t1");
    f.clock.advance(minutes(54));
    CHECK(f.token() == "t1");
    CHECK(f.server.asked() == 1);
    f.clock.advance(minutes(1));
    CHECK(f.token() == "t1");  // good for five minutes more, and handed out meanwhile
    CHECK(f.renewedTo("t2"));
    CHECK(f.server.asked() == 2);
    f.clock.advance(minutes(54));
    CHECK(f.token() == "t2");
    CHECK(f.server.asked() == 2);
  }

  TEST_CASE("all who wait share one fetch, also those of another provider with the same account") {
    Fixture f;
    f.server.holds = true;
    Answers answers;
    model::Provider twin = f.provider;
    twin.id = "prov_twin";
    constexpr size_t kEach = 20;
    for (size_t i = 0; i < kEach; ++i) {
      CHECK_FALSE(f.credentials.get(f.provider, answers.callback()));
      CHECK_FALSE(f.credentials.get(twin, answers.callback()));
    }
    REQUIRE(f.server.upstream.waitSeen(1));
    f.server.release();
    CHECK(answers.wait(2 * kEach) == std::vector<std::string>(2 * kEach, "t1"));
    CHECK(f.server.asked() == 1);
  }

  TEST_CASE("other credentials are other tokens") {
    Fixture f;
    CHECK(f.token() == "t1");
    f.provider.settings.region = "elsewhere";
    CHECK(f.token() == "t2");
  }

  TEST_CASE("a failure is told to all who wait, kept for a second, and forgotten by a success") {
    Fixture f;
    f.server.status = 503;
    const std::string failed =
        "the credential could not be obtained: Google's metadata server answered 503 server_error";
    CHECK(f.token() == failed);
    CHECK(f.token() == failed);
    CHECK(f.server.asked() == 1);
    f.clock.advance(seconds(1));
    CHECK(f.token() == failed);
    CHECK(f.server.asked() == 2);
    f.clock.advance(seconds(1));
    CHECK(f.token() == failed);  // two seconds now
    CHECK(f.server.asked() == 2);
    f.server.status = 200;
    f.clock.advance(seconds(1));
    CHECK(f.token() == "t3");
    f.server.status = 503;
    f.clock.advance(minutes(56));
    CHECK(f.token() == "t3");  // what is good still is used, whatever the renewal does
    CHECK(f.server.upstream.waitSeen(4));
  }

  TEST_CASE("an expired token is never handed out") {
    Fixture f;
    CHECK(f.token() == "t1");
    f.server.status = 500;
    f.clock.advance(minutes(60));
    CHECK(f.token().find("answered 500") != std::string::npos);
  }

  TEST_CASE("a service that is not there is a failure that says so") {
    Fixture f;
    Credentials::Options options = f.options();
    {
      RawListener nobody;
      options.context.places.google_metadata.port = nobody.port();
    }
    Credentials gone({f.client.loop(), f.client.client(), f.clock, f.log}, options);
    CHECK(gone.wait(f.provider).error().message.find("failed: connect") != std::string::npos);
  }

  TEST_CASE("the guard against private addresses holds for all but the metadata services") {
    Fixture f;
    Credentials::Options options = f.options();
    options.context.places.google_metadata.allow_private = false;
    Credentials guarded({f.client.loop(), f.client.client(), f.clock, f.log}, options);
    CHECK_FALSE(guarded.wait(f.provider));
    CHECK(f.server.asked() == 0);
  }

  TEST_CASE("who waits when it ends is told so") {
    Fixture f;
    f.server.holds = true;
    Answers answers;
    {
      Credentials ends({f.client.loop(), f.client.client(), f.clock, f.log}, f.options());
      CHECK_FALSE(ends.get(f.provider, answers.callback()));
      REQUIRE(f.server.upstream.waitSeen(1));
    }
    CHECK(answers.wait(1).front().find("stopping") != std::string::npos);
    f.server.release();
  }
}
