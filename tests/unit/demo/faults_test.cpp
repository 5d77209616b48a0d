#include "demo/faults.h"

#include <doctest/doctest.h>

#include "json/document.h"

namespace penstock::demo {
namespace {

using std::chrono::milliseconds;

std::string errorOf(std::string_view model) {
  const auto parsed = parseModelName(model);
  return parsed ? "" : parsed.error().message;
}

Result<Faults> fromField(std::string_view json) {
  const auto document = json::parse(json);
  Faults faults;
  if (Status status = readFaultField(document.value().root(), faults); !status) {
    return std::move(status).error();
  }
  return faults;
}

}  // namespace

TEST_SUITE("demo/faults") {
  TEST_CASE("a plain model name has no faults") {
    const auto parsed = parseModelName("demo-chat");
    REQUIRE(parsed);
    CHECK(parsed->base == "demo-chat");
    CHECK(parsed->faults == Faults{});
  }

  TEST_CASE("faults in a model name combine with commas") {
    const auto parsed = parseModelName("demo-chat:latency=500,status=429,retry-after=2,nousage");
    REQUIRE(parsed);
    CHECK(parsed->base == "demo-chat");
    CHECK(parsed->faults.latency == milliseconds(500));
    CHECK(parsed->faults.status == 429);
    CHECK(parsed->faults.retry_after == 2);
    CHECK(parsed->faults.usage == Faults::Usage::Withheld);
  }

  TEST_CASE("event faults keep their count, and garbage may go without") {
    CHECK(parseModelName("m:cut=0")->faults.cut == 0);
    CHECK(parseModelName("m:stall=3")->faults.stall == 3);
    CHECK(parseModelName("m:error=2")->faults.error == 2);
    CHECK(parseModelName("m:garbage")->faults.garbage == 0);
    CHECK(parseModelName("m:garbage=4")->faults.garbage == 4);
    CHECK(parseModelName("m:tokens=200,pace=20")->faults.tokens == 200);
  }

  TEST_CASE("the field says the same with units and underscores") {
    const auto faults = fromField(R"({"latency_ms":500,"retry_after":2,"cut":3,"garbage":true})");
    REQUIRE(faults);
    CHECK(faults->latency == milliseconds(500));
    CHECK(faults->retry_after == 2);
    CHECK(faults->cut == 3);
    CHECK(faults->garbage == 0);
  }

  TEST_CASE("false in the field asks for nothing") {
    CHECK(fromField(R"({"garbage":false,"nousage":false})").value() == Faults{});
  }

  TEST_CASE("an unknown fault is refused with the list of those that exist") {
    const std::string error = errorOf("demo-chat:explode=1");
    CHECK(error.find("'explode'") != std::string::npos);
    for (const char* name : {"latency=", "pace=", "status=300..599", "retry-after", "cut", "stall",
                             "error", "garbage", "tokens=1..100000", "nousage"}) {
      CHECK_MESSAGE(error.find(name) != std::string::npos, name);
    }
  }

  TEST_CASE("values out of range, missing or not numbers are refused") {
    for (const char* model :
         {"m:status=200", "m:status=600", "m:latency=-1", "m:latency", "m:cut=x", "m:tokens=0",
          "m:latency=99999999999999999999", "m:", "m:,", "m:=1"}) {
      CHECK_MESSAGE(!errorOf(model).empty(), model);
    }
    CHECK_FALSE(fromField(R"({"status":"429x"})"));
    CHECK_FALSE(fromField(R"({"cut":1.5})"));
    CHECK_FALSE(fromField("[]"));
  }
}

}  // namespace penstock::demo
