#include "http/collector.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "http/exchange.h"
#include "support/http_server.h"

using namespace penstock;
using namespace penstock::http;
using namespace penstock::test;

namespace {

// An exchange of our own on a loop, and what it came to.
struct Own {
  Own() { loop.start(); }
  ExchangePtr make(size_t max_bytes = 100) {
    return Exchange::createOwn(loop, {"POST", "/v1/x", {{"X-A", "1"}}, "body", "10.0.0.1"},
                               std::make_unique<Collector>(max_bytes, [this](Collected got) {
                                 collected.push_back(std::move(got));
                               }));
  }
  void run(const std::function<void(const ExchangePtr&)>& task, size_t max_bytes = 100) {
    collected.clear();
    onLoop(loop, [&] { task(make(max_bytes)); });
    REQUIRE(collected.size() == 1);
  }
  std::vector<Collected> collected;
  Loop loop;
};

}  // namespace

TEST_SUITE("http/collector") {
  TEST_CASE("a request of our own is as one that came, and its answer is collected") {
    Own own;
    own.run([](const ExchangePtr& exchange) {
      const Request& request = exchange->request();
      CHECK(request.method == "POST");
      CHECK(request.path == "/v1/x");
      CHECK(request.headers.get("x-a") == "1");
      CHECK(request.body == "body");
      CHECK(request.peer == "10.0.0.1");
      exchange->respond({201, "text/plain", "hi", {{"X-B", "2"}}});
      exchange->respond({500, "text/plain", "again", {}});
      CHECK(exchange->finished());
    });
    const Response& response = own.collected[0].response;
    CHECK(own.collected[0].complete);
    CHECK(response.status == 201);
    CHECK(response.body == "hi");
    CHECK(response.headers == Headers{{"X-B", "2"}});
  }

  TEST_CASE("what is streamed is put together, and what is cut is none") {
    Own own;
    own.run([](const ExchangePtr& exchange) {
      exchange->start({200, "text/plain", "not this", {}});
      exchange->write("a");
      CHECK(exchange->pendingBytes() == 0);
      exchange->write("b");
      exchange->releaseRequest();
      CHECK(exchange->request().body.empty());
      CHECK(exchange->request().peer == "10.0.0.1");
      exchange->finish();
    });
    CHECK(own.collected[0].response.body == "ab");
    own.run([](const ExchangePtr& exchange) {
      exchange->start({200, "text/plain", "", {}});
      exchange->write("a");
      exchange->abort();
    });
    CHECK_FALSE(own.collected[0].complete);
  }

  TEST_CASE("what is dropped unanswered is an error, and what is hung up is nothing") {
    Own own;
    own.run([](const ExchangePtr&) {});
    CHECK(own.collected[0].complete);
    CHECK(own.collected[0].response.status == 500);
    bool gone = false;
    own.run([&](const ExchangePtr& exchange) {
      exchange->onGone([&] { gone = true; });
      exchange->hangUp();
      CHECK(exchange->gone());
      exchange->respond({200, "text/plain", "late", {}});
    });
    CHECK(gone);
    CHECK_FALSE(own.collected[0].complete);
  }

  TEST_CASE("more than it may hold is no answer") {
    Own own;
    own.run(
        [](const ExchangePtr& exchange) {
          exchange->respond({200, "text/plain", "1234", {}});
        },
        3);
    CHECK_FALSE(own.collected[0].complete);
    own.run(
        [](const ExchangePtr& exchange) {
          exchange->respond({200, "text/plain", "123", {}});
        },
        3);
    CHECK(own.collected[0].complete);
  }
}
