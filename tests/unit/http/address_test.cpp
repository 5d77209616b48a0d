#include "http/address.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::http;

TEST_SUITE("http/address") {
  TEST_CASE("literals are parsed, names and loose forms are not") {
    CHECK(parseAddress("127.0.0.1", 80)->host() == "127.0.0.1");
    CHECK(parseAddress("127.0.0.1", 80)->port() == 80);
    CHECK(parseAddress("2001:DB8::1", 443)->host() == "2001:db8::1");
    CHECK(parseAddress("::ffff:10.0.0.1", 1)->host() == "10.0.0.1");
    for (const char* text : {"", "localhost", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433",
                             "1.2.3.4.5", "1.2.3.256", "::1%lo", "[::1]", " 127.0.0.1"}) {
      INFO(text);
      CHECK(!parseAddress(text, 0));
    }
    CHECK(!parseAddress(std::string_view("::1\0\r\nX-A: b", 12), 0));
  }

  TEST_CASE("only addresses of the public Internet are public") {
    for (const char* text : {"0.0.0.0",
                             "0.1.2.3",
                             "10.0.0.1",
                             "10.255.255.255",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.254",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.1",
                             "192.168.0.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.1",
                             "203.0.113.1",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::ffff:169.254.169.254",
                             "::127.0.0.1",
                             "fe80::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "fec0::1",
                             "ff02::1",
                             "64:ff9b::7f00:1",
                             "64:ff9b::8.8.8.8",
                             "2002:7f00:1::",
                             "2002:a00:1::1",
                             "2001::1",
                             "2001:db8::1",
                             "2001:10::1",
                             "3fff::1",
                             "100::1",
                             "4000::1"}) {
      INFO(text);
      const auto address = parseAddress(text, 0);
      REQUIRE(address);
      CHECK(!isPublicAddress(*address));
    }
    for (const char* text :
         {"8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1",
          "126.0.0.1", "128.0.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "198.17.0.1",
          "198.20.0.1", "223.255.255.1", "2606:4700::1", "2a00:1450:4001::1",
          "2001:4860:4860::8888", "::ffff:8.8.8.8", "2002:808:808::1"}) {
      INFO(text);
      CHECK(isPublicAddress(*parseAddress(text, 0)));
    }
    CHECK(!isPublicAddress(SocketAddress{}));
  }

  TEST_CASE("hosts of URLs that are private can be told before DNS") {
    for (const char* host :
         {"127.0.0.1", "10.1.2.3", "::1", "localhost", "localhost.", "a.localhost"})
      CHECK_MESSAGE(isPrivateHost(host), host);
    for (const char* host : {"8.8.8.8", "example.com", "localhost.example.com", "2606:4700::1"})
      CHECK_MESSAGE(!isPrivateHost(host), host);
  }
}
