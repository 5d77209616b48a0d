#include "http/message.h"

#include <doctest/doctest.h>

using namespace penstock::http;

TEST_SUITE("http/message") {
  TEST_CASE("headers are found in any case, the first of several") {
    HeaderList headers;
    headers.add("X-A", "1");
    headers.add("x-a", "2");
    headers.add("Y", "");
    CHECK(headers.get("x-A") == "1");
    CHECK(headers.count("X-a") == 2);
    CHECK(headers.has("y"));
    CHECK(!headers.has("z"));
    CHECK(headers.get("z").empty());
  }

  TEST_CASE("query parameters are decoded, malformed ones empty") {
    Request request;
    request.query = "a=1&b=x+y%2Bz&c&a=2&=v&d=%zz&limit=";
    CHECK(request.queryParam("a") == "1");
    CHECK(request.queryParam("b") == "x y+z");
    CHECK(request.queryParam("c").empty());
    CHECK(request.queryParam("d").empty());
    CHECK(request.queryParam("limit").empty());
    CHECK(request.queryParam("absent").empty());
  }
}
