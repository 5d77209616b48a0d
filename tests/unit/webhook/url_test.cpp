#include "webhook/url.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::webhook;

TEST_SUITE("webhook/url") {
  TEST_CASE("a URL is taken apart, its path and query kept byte for byte") {
    const auto target = parseUrl("https://Hooks.example.com:8443/a/b%2Fc/?x=1&y=//z?");
    REQUIRE(target);
    CHECK(target->origin.scheme == http::Origin::Scheme::Https);
    CHECK(target->origin.host == "hooks.example.com");
    CHECK(target->origin.port == 8443);
    CHECK(target->origin.host_header == "hooks.example.com:8443");
    CHECK_FALSE(target->origin.allow_private);
    CHECK(target->path == "/a/b%2Fc/?x=1&y=//z?");
    CHECK(parseUrl("http://[::1]:80/x")->origin.host == "::1");
    CHECK(parseUrl("https://example.com")->path == "/");
    CHECK(parseUrl("https://example.com/")->path == "/");
    CHECK(parseUrl("https://example.com?a=b")->path == "/?a=b");
    CHECK(parseUrl("http://example.com/")->origin.port == 80);
  }

  TEST_CASE("what two parsers could read differently is refused") {
    for (const std::string& url : {std::string(),
                                   std::string("example.com/x"),
                                   std::string("ftp://example.com/"),
                                   std::string("HTTPS://"),
                                   std::string("https:///x"),
                                   std::string("https://?x"),
                                   std::string("https://user@example.com/"),
                                   std::string("https://user:pw@example.com/"),
                                   std::string("https://example.com/#f"),
                                   std::string("https://example.com#f"),
                                   std::string("https://example.com/a b"),
                                   std::string("https://example.com/\r\nX: y"),
                                   std::string("https://example.com\\@x/"),
                                   std::string("https://example.com/\\x"),
                                   std::string("https://example.com:0/"),
                                   std::string("https://example.com:99999/"),
                                   std::string("http://127.1/"),
                                   std::string("http://0x7f.0.0.1/"),
                                   std::string("https://example.com/\xc3\xa4"),
                                   std::string("internal://demo/x"),
                                   "https://example.com/" + std::string(2048, 'a')}) {
      INFO(url);
      const auto target = parseUrl(url);
      REQUIRE_FALSE(target);
      CHECK(target.error().kind == ErrorKind::Unprocessable);
      CHECK(target.error().code == "invalid_url");
      CHECK(target.error().param == "/url");
    }
  }
}
