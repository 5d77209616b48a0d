#include "proxy/kept_response.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::proxy;

namespace {

Result<ItemQuery> readQuery(std::string_view query) {
  http::Request request;
  request.query = query;
  return readItemQuery(request);
}

const model::StoredResponse kThree{.id = "resp_1",
                                   .input = R"([{"id":"a"},{"id":"b"},{"id":"c"}])"};

std::string listOf(const ItemQuery& query) {
  const auto list = renderItemList(kThree, query);
  return list ? *list : list.error().param;
}

}  // namespace

TEST_SUITE("proxy/kept_response") {
  TEST_CASE("a list's parameters are checked, and named where they are wrong") {
    const auto query = readQuery("order=asc&limit=100&after=a");
    REQUIRE(query);
    CHECK(query->oldest_first);
    CHECK(query->limit == 100);
    CHECK(query->after == "a");
    CHECK(readQuery("")->limit == 20);
    CHECK_FALSE(readQuery("")->oldest_first);
    for (const char* wrong : {"limit=0", "limit=101", "limit=x", "limit=-1"})
      CHECK(readQuery(wrong).error().param == "limit");
    CHECK(readQuery("order=up").error().param == "order");
  }

  TEST_CASE("items are listed newest first in pages that say whether more follow") {
    CHECK(listOf({}) == R"({"object":"list","data":[{"id":"c"},{"id":"b"},{"id":"a"}],)"
                        R"("first_id":"c","last_id":"a","has_more":false})");
    CHECK(listOf({.limit = 2, .oldest_first = true}) ==
          R"({"object":"list","data":[{"id":"a"},{"id":"b"}],"first_id":"a","last_id":"b",)"
          R"("has_more":true})");
    CHECK(listOf({.after = "b", .limit = 2, .oldest_first = true}) ==
          R"({"object":"list","data":[{"id":"c"}],"first_id":"c","last_id":"c",)"
          R"("has_more":false})");
    CHECK(listOf({.after = "a"}) ==
          R"({"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false})");
    CHECK(listOf({.after = "x"}) == "after");
  }
}
