#include "telemetry/trace_context.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace penstock;

namespace {

const std::string kTraceId = "0af7651916cd43dd8448eb211c80319c";
const std::string kSpanId = "b7ad6b7169203331";

std::string traceparent(const std::string& flags) {
  return "00-" + kTraceId + "-" + kSpanId + "-" + flags;
}

}  // namespace

TEST_SUITE("telemetry/trace_context") {
  TEST_CASE("only version 00 with ids that are not zero is a traceparent") {
    CHECK(telemetry::isTraceparent(traceparent("01")));
    const std::string zeros(32, '0');
    for (const std::string& bad :
         {std::string(), std::string("junk"), traceparent("0"), traceparent("0G"),
          "01" + traceparent("01").substr(2), "00-" + zeros + "-" + kSpanId + "-01",
          "00-" + kTraceId + "-" + zeros.substr(16) + "-01", traceparent("01") + "-more",
          "00-" + kTraceId + "_" + kSpanId + "-01"}) {
      CHECK_FALSE(telemetry::isTraceparent(bad));
    }
  }

  TEST_CASE("a caller's trace is continued with a span of ours below the caller's") {
    for (const char* flags : {"00", "01"}) {
      const auto context = telemetry::continueTrace(traceparent(flags));
      REQUIRE(telemetry::isTraceparent(context.traceparent));
      CHECK(telemetry::traceIdOf(context.traceparent) == kTraceId);
      CHECK(telemetry::spanIdOf(context.traceparent) != kSpanId);
      CHECK(context.parent_span_id == kSpanId);
      CHECK(telemetry::isSampled(context.traceparent) == (std::string(flags) == "01"));
    }
  }

  TEST_CASE("without a caller's trace a new one starts, each another") {
    const auto first = telemetry::continueTrace("junk");
    const auto second = telemetry::continueTrace("");
    CHECK(telemetry::isTraceparent(first.traceparent));
    CHECK(first.parent_span_id.empty());
    CHECK(telemetry::traceIdOf(first.traceparent) != telemetry::traceIdOf(second.traceparent));
  }

  TEST_CASE("the ratio decides about new traces, not about those of callers") {
    CHECK_FALSE(telemetry::isSampled(telemetry::continueTrace("", 0).traceparent));
    CHECK(telemetry::isSampled(telemetry::continueTrace("", 1).traceparent));
    CHECK(telemetry::isSampled(telemetry::continueTrace(traceparent("01"), 0).traceparent));
    CHECK_FALSE(telemetry::isSampled(telemetry::continueTrace(traceparent("00"), 1).traceparent));
  }

  TEST_CASE("about as many traces are in the sample as the ratio says") {
    int kept = 0;
    constexpr int kTraces = 20'000;
    for (int i = 0; i < kTraces; ++i) {
      kept += telemetry::isSampled(telemetry::continueTrace("", 0.25).traceparent) ? 1 : 0;
    }
    CHECK(kept > kTraces / 4 - 600);  // ten standard deviations
    CHECK(kept < kTraces / 4 + 600);
  }

  TEST_CASE("a trace is in a larger sample when it is in a smaller one") {
    CHECK(telemetry::inSample(std::string(18, 'a') + std::string(14, 'f'), 1e-9));
    CHECK_FALSE(telemetry::inSample(std::string(18, 'f') + std::string(14, '0'), 0.999));
    const std::string middle = std::string(18, '0') + "80000000000000";
    CHECK(telemetry::inSample(middle, 0.5));
    CHECK_FALSE(telemetry::inSample(middle, 0.49));
  }

  TEST_CASE("attempts have span ids of their own that do not change") {
    std::set<std::string> ids{kSpanId};
    for (size_t i = 0; i < 100; ++i) ids.insert(telemetry::attemptSpanId(kSpanId, i));
    CHECK(ids.size() == 101);
    CHECK(telemetry::attemptSpanId(kSpanId, 3) == telemetry::attemptSpanId(kSpanId, 3));
    CHECK(telemetry::attemptSpanId(kSpanId, 3).size() == 16);
  }

  TEST_CASE("an attempt's traceparent is the request's with a span of its own") {
    for (const char* flags : {"01", "00"}) {
      const std::string request = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
      const std::string made = telemetry::attemptTraceparent(request + flags, 1);
      CHECK(telemetry::isTraceparent(made));
      CHECK(telemetry::traceIdOf(made) == telemetry::traceIdOf(request));
      CHECK(telemetry::spanIdOf(made) == telemetry::attemptSpanId(telemetry::spanIdOf(request), 1));
      CHECK(telemetry::isSampled(made) == (std::string(flags) == "01"));
    }
  }
}
