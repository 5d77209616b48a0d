#include "email/server.h"

#include <doctest/doctest.h>

using namespace penstock;
using email::parseServer;

TEST_SUITE("email/server") {
  TEST_CASE("a URL names the relay") {
    const auto plain = parseServer("smtp://mail.example.com");
    REQUIRE(plain);
    CHECK(plain->host == "mail.example.com");
    CHECK(plain->port == 587);
    CHECK_FALSE(plain->tls);
    const auto full = parseServer("smtps://us%40er@[::1]:2525/");
    REQUIRE(full);
    CHECK(full->host == "::1");
    CHECK(full->port == 2525);
    CHECK(full->tls);
    CHECK(full->username == "us@er");
    CHECK(parseServer("smtps://[::1]")->port == 465);
  }

  TEST_CASE("what is none, or holds a password, is refused without repeating it") {
    for (const char* url :
         {"", "mail.example.com", "http://h", "smtp://", "smtp://h:0", "smtp://h:x",
          "smtp://h:70000", "smtp://user:canary@h", "smtp://h/path", "smtp://u@"}) {
      INFO(url);
      const auto server = parseServer(url);
      REQUIRE_FALSE(server);
      CHECK(server.error().message.find("canary") == std::string::npos);
    }
  }
}
