#include "proxy/extensions.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using proxy::Tags;

TEST_SUITE("proxy/extensions") {
  TEST_CASE("the tag header is read as the SDKs write it, without escapes") {
    CHECK(proxy::parseTagHeader("team=ml,env=prod") == Tags{{"team", "ml"}, {"env", "prod"}});
    CHECK(proxy::parseTagHeader("x=1,2,y==") == Tags{{"x", "1,2"}, {"y", "="}});
    CHECK(proxy::parseTagHeader(" a = b , a=c ") == Tags{{"a", "c"}});
    CHECK(proxy::parseTagHeader("=v,,stray").empty());
    CHECK(proxy::parseTagHeader("").empty());
  }

  TEST_CASE("tags are bounded in number and size") {
    std::string many;
    for (int i = 0; i < 80; ++i) many += "k" + std::to_string(i) + "=v,";
    CHECK(proxy::parseTagHeader(many).size() == 50);
    CHECK(proxy::parseTagHeader(std::string(65, 'k') + "=v").empty());
    CHECK(proxy::parseTagHeader("k=" + std::string(1000, 'v'))[0].second.size() == 256);
  }

  TEST_CASE("headers are found in any case and only true is a dry run") {
    http::HeaderList headers;
    headers.add("x-modelux-user-id", "u1");
    headers.add("X-MODELUX-DRY-RUN", "TRUE");
    headers.add("Cache-Control", "max-age=0, no-store");
    const auto read = proxy::readExtensions(headers);
    CHECK(read.end_user == "u1");
    CHECK(read.dry_run);
    CHECK(read.no_store);
    CHECK_FALSE(read.no_cache);
    headers.add("cache-control", "No-Cache");
    CHECK(proxy::readExtensions(headers).no_cache);
    CHECK(proxy::readExtensions(headers).no_store);
  }
}
