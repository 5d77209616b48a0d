#include "manage/query.h"

#include <doctest/doctest.h>

#include "base/clock.h"
#include "manage/cursor.h"

using namespace penstock;

namespace {

http::Request withQuery(std::string_view query) {
  http::Request request;
  request.query = query;
  return request;
}

}  // namespace

TEST_SUITE("manage/query") {
  TEST_CASE("a page is 50 from the start unless the query says otherwise") {
    const auto request = withQuery("");
    manage::QueryReader query(request);
    const auto page = query.page("projects");
    CHECK(page.limit == 50);
    CHECK(page.after.empty());
    CHECK(query.finish());
  }

  TEST_CASE("limit and cursor are taken") {
    const std::string text = "limit=200&cursor=" + manage::encodeCursor("projects", "proj_1");
    const auto request = withQuery(text);
    manage::QueryReader query(request);
    const auto page = query.page("projects");
    CHECK(page.limit == 200);
    CHECK(page.after == "proj_1");
  }

  TEST_CASE("every wrong parameter is reported at once") {
    const auto request = withQuery("limit=201&cursor=nonsense&start=yesterday&status=200");
    manage::QueryReader query(request);
    query.page("logs");
    query.time("start");
    query.choice("status", {"2xx", "4xx"});
    const Status checked = query.finish();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::Unprocessable);
    REQUIRE(checked.error().fields.size() == 4);
    CHECK(checked.error().fields[0].param == "limit");
    CHECK(checked.error().fields[1].param == "cursor");
    CHECK(checked.error().fields[2].param == "start");
    CHECK(checked.error().fields[3].message == "must be one of 2xx, 4xx");
  }

  TEST_CASE("limits that are no positive number are refused") {
    for (const char* text :
         {"limit=0", "limit=-1", "limit=1.5", "limit=x", "limit=99999999999999999999"}) {
      INFO(std::string(text));
      const auto request = withQuery(text);
      manage::QueryReader query(request);
      query.page("projects");
      CHECK_FALSE(query.finish());
    }
  }

  TEST_CASE("camelCase names are found") {
    const auto request = withQuery("projectId=p1&endUser=ann&minLatencyMs=20");
    manage::QueryReader query(request);
    CHECK(query.text("project_id") == "p1");
    CHECK(query.text("end_user") == "ann");
    CHECK(query.integer("min_latency_ms", 0, 100) == 20);
  }

  TEST_CASE("times are ISO 8601") {
    struct Case {
      const char* text;
      const char* utc;  // empty: refused
    };
    for (const Case& c : {Case{"2026-05-01", "2026-05-01T00:00:00Z"},
                          Case{"2026-05-01T12:30Z", "2026-05-01T12:30:00Z"},
                          Case{"2026-05-01T12:30:15", "2026-05-01T12:30:15Z"},
                          Case{"2026-05-01T12:30:15.25Z", "2026-05-01T12:30:15.250Z"},
                          Case{"2026-05-01T00:30:00+02:00", "2026-04-30T22:30:00Z"},
                          Case{"2026-05-01T00:30:00 02:00", "2026-04-30T22:30:00Z"},
                          Case{"2026-05-01T00:30:00-01:30", "2026-05-01T02:00:00Z"},
                          Case{"2024-02-29", "2024-02-29T00:00:00Z"},
                          Case{"2026-02-29", ""},
                          Case{"2026-13-01", ""},
                          Case{"2026-05-01T24:00:00Z", ""},
                          Case{"2026-05-01T12:60Z", ""},
                          Case{"2026-05-01T12:30:15.Z", ""},
                          Case{"2026-05-01T12:30:15Zz", ""},
                          Case{"2026-05-01 12:30", ""},
                          Case{"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
                          Case{"9999-12-31T23:59:59-01:00", ""},
                          Case{"0000-01-01T00:00Z", "0000-01-01T00:00:00Z"},
                          Case{"0000-01-01T00:00+00:01", ""},
                          Case{"26-05-01", ""},
                          Case{"+026-05-01", ""},
                          Case{"1777777777", ""}}) {
      INFO(std::string(c.text));
      const auto time = manage::parseTime(c.text);
      CHECK((time ? iso8601(*time) : "") == c.utc);
    }
  }
}
