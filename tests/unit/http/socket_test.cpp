#include "http/socket.h"

#include <doctest/doctest.h>

using namespace penstock::http;

TEST_SUITE("http/socket") {
  TEST_CASE("listen addresses are literals with a port") {
    CHECK(parseListenAddress("127.0.0.1:8080")->host() == "127.0.0.1");
    CHECK(parseListenAddress("[::1]:8080")->host() == "::1");
    CHECK(parseListenAddress("[::1]:8080")->port() == 8080);
    CHECK(parseListenAddress("localhost:0")->host() == "127.0.0.1");
    CHECK(parseListenAddress(":8080")->host() == "0.0.0.0");
    CHECK(parseListenAddress("*:8080")->host() == "0.0.0.0");
    for (const char* text :
         {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "example.com:80",
          "127.1:80", "[::1]", "[127.0.0.1:80"}) {
      INFO(text);
      CHECK(!parseListenAddress(text));
    }
  }

  TEST_CASE("a port in use is refused, with its name in the error") {
    auto first = listenOn(*parseListenAddress("127.0.0.1:0"));
    REQUIRE(first);
    SocketAddress bound;
    bound.length = sizeof bound.storage;
    getsockname(first->fd(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.length);
    const auto second = listenOn(bound);
    REQUIRE(!second);
    CHECK(second.error().detail.find("127.0.0.1:" + std::to_string(bound.port())) !=
          std::string::npos);
  }
}
