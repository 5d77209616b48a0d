#include "telemetry/collector.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/fake_upstream.h"
#include "support/http_client.h"

using namespace penstock;
using namespace penstock::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using telemetry::Collector;
using telemetry::Sent;
using Outcome = telemetry::Sent::Outcome;

namespace {

Collector collectorAt(const FakeUpstream& upstream) {
  auto collector = telemetry::parseCollector(upstream.baseUrl());
  REQUIRE(collector);
  collector->origin.allow_private = true;
  return *std::move(collector);
}

// What becomes of a batch when the collector answers so.
Sent sentTo(http::Response response) {
  FakeUpstream upstream([&](const http::ExchangePtr& exchange) { exchange->respond(response); });
  HttpClient client;
  const auto send = telemetry::sendThrough(client.loop(), client.client(), collectorAt(upstream));
  return send("{}", seconds(5));
}

std::string problemOf(const Status& status) { return status ? "" : status.error().message; }

}  // namespace

TEST_SUITE("telemetry/collector") {
  TEST_CASE("the path of traces is appended unless it is there") {
    for (const auto& [url, path] : std::vector<std::pair<std::string, std::string>>{
             {"http://localhost:4318", "/v1/traces"},
             {"http://localhost:4318/", "/v1/traces"},
             {"https://otlp.example.com/api/otel", "/api/otel/v1/traces"},
             {"https://otlp.example.com/api/v1/traces/", "/api/v1/traces"}}) {
      const auto collector = telemetry::parseCollector(url);
      REQUIRE(collector);
      CHECK(collector->path == path);
      CHECK_FALSE(collector->origin.allow_private);
    }
  }

  TEST_CASE("what is no base URL is refused without being repeated") {
    for (const char* url : {"", "localhost:4318", "grpc://canary:4317", "http://canary@host",
                            "http://host/?token=canary", "http://host/#canary"}) {
      const auto collector = telemetry::parseCollector(url);
      REQUIRE_FALSE(collector);
      CHECK(collector.error().message.find("canary") == std::string::npos);
    }
  }

  TEST_CASE("headers are read as given and as OpenTelemetry encodes them") {
    Collector collector;
    REQUIRE(telemetry::addHeader(collector, "Authorization=Basic YTpi=="));
    REQUIRE(telemetry::addEncodedHeaders(collector, "x-key=a%20b%2C, x-team = c ,"));
    REQUIRE(telemetry::addEncodedHeaders(collector, ""));
    REQUIRE(collector.headers.size() == 3);
    CHECK(collector.headers[0].first == "Authorization");
    CHECK(collector.headers[0].second.reveal() == "Basic YTpi==");
    CHECK(collector.headers[1].second.reveal() == "a b,");
    CHECK(collector.headers[2].first == "x-team");
    CHECK(collector.headers[2].second.reveal() == "c");
  }

  TEST_CASE("what is no header, or not theirs to set, is refused without its value") {
    for (const char* bad : {"canary", "=canary", "a b=canary", "x=canary\r\ny: z", "Host=canary",
                            "content-TYPE=canary", "Transfer-Encoding=canary"}) {
      Collector collector;
      const std::string problem = problemOf(telemetry::addHeader(collector, bad));
      CHECK_FALSE(problem.empty());
      CHECK(problem.find("canary") == std::string::npos);
      CHECK(collector.headers.empty());
    }
    for (const char* bad : {"canary", "a=canary,b", "a=canary%zz", "a=canary%0d%0ab"}) {
      Collector collector;
      const std::string problem = problemOf(telemetry::addEncodedHeaders(collector, bad));
      CHECK_FALSE(problem.empty());
      CHECK(problem.find("canary") == std::string::npos);
    }
  }

  TEST_CASE("a batch is posted as JSON with the operator's headers") {
    FakeUpstream upstream(answering("{}"));
    HttpClient client;
    Collector collector = collectorAt(upstream);
    REQUIRE(telemetry::addHeader(collector, "x-key=secret"));
    const auto send = telemetry::sendThrough(client.loop(), client.client(), collector);
    CHECK(send(R"({"resourceSpans":[]})", seconds(5)).outcome == Outcome::Taken);
    const Seen seen = upstream.seen().at(0);
    CHECK(seen.method == "POST");
    CHECK(seen.target == "/v1/v1/traces");
    CHECK(seen.body == R"({"resourceSpans":[]})");
    CHECK(seen.header("content-type") == "application/json");
    CHECK(seen.header("x-key") == "secret");
  }

  TEST_CASE("only the statuses that OTLP names are tried again") {
    for (const int status : {429, 502, 503, 504}) {
      const Sent sent = sentTo({status, "application/json", "{}", {}});
      CHECK(sent.outcome == Outcome::TryAgain);
      CHECK(sent.reason == "status " + std::to_string(status));
      CHECK_FALSE(sent.retry_after);
    }
    for (const int status : {301, 400, 401, 404, 408, 413, 500, 501}) {
      CHECK(sentTo({status, "application/json", "{}", {}}).outcome == Outcome::Refused);
    }
    CHECK(sentTo({202, "text/plain", "not JSON", {}}).outcome == Outcome::Taken);
  }

  TEST_CASE("Retry-After is read in seconds, up to a day") {
    const auto asked = [](const std::string& value) {
      return sentTo({503, "application/json", "{}", {{"Retry-After", value}}}).retry_after;
    };
    CHECK(asked("7") == seconds(7));
    CHECK(asked("999999999") == seconds(86'400));
    CHECK_FALSE(asked("Fri, 31 Dec 1999 23:59:59 GMT"));
  }

  TEST_CASE("a partial success tells how much was thrown away and why") {
    const auto told = [](const std::string& body) {
      return sentTo({200, "application/json", body, {}});
    };
    const Sent text =
        told(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"no such tenant"}})");
    CHECK(text.outcome == Outcome::Taken);
    CHECK(text.rejected == 3);
    CHECK(text.reason == "no such tenant");
    CHECK(told(R"({"partialSuccess":{"rejectedSpans":4}})").rejected == 4);
    CHECK(told(R"({"partialSuccess":{"rejectedSpans":-4}})").rejected == 0);
    CHECK(told(R"({"partialSuccess":{}})").rejected == 0);
    CHECK(told(R"({"partialSuccess":{"errorMessage":")" + std::string(5000, 'x') + R"("}})")
              .reason.size() == 200);
  }

  TEST_CASE("a collector that cannot be reached is tried again, a forbidden address is not") {
    HttpClient client;
    uint16_t nobody = 0;
    {
      RawListener listener;
      nobody = listener.port();
    }
    auto collector = telemetry::parseCollector("http://127.0.0.1:" + std::to_string(nobody));
    REQUIRE(collector);
    const auto try_it = [&] {
      return telemetry::sendThrough(client.loop(), client.client(), *collector)("{}", seconds(5));
    };
    CHECK(try_it().outcome == Outcome::Refused);
    collector->origin.allow_private = true;
    const Sent sent = try_it();
    CHECK(sent.outcome == Outcome::TryAgain);
    CHECK_FALSE(sent.reason.empty());
  }

  TEST_CASE("a collector that does not answer is given up in time") {
    RawListener listener;
    HttpClient client;
    auto collector =
        telemetry::parseCollector("http://127.0.0.1:" + std::to_string(listener.port()));
    REQUIRE(collector);
    collector->origin.allow_private = true;
    const auto send = telemetry::sendThrough(client.loop(), client.client(), *collector);
    CHECK(send("{}", milliseconds(150)).outcome == Outcome::TryAgain);
  }
}
