#include "http/headers.h"

#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock::http;

TEST_SUITE("http/headers") {
  TEST_CASE("headers are read as they were added, and are the lines that go out") {
    Headers headers{{"X-A", "1"}, {"Location", "http://host:80/a: b"}};
    headers.add("x-a", "");
    headers.add("Retry-After", int64_t{-5});
    headers.add(std::string("X-B"), 0);
    headers.add(Headers{{"Last", "\xC3\xA9\t"}});
    CHECK(headers.lines() ==
          "X-A: 1\r\nLocation: http://host:80/a: b\r\nx-a: \r\nRetry-After: -5\r\n"
          "X-B: 0\r\n"
          "Last: \xC3\xA9\t\r\n");
    std::vector<std::string> read;
    for (const auto& [name, value] : headers)
      read.push_back(std::string(name) + "=" + std::string(value));
    CHECK(read == std::vector<std::string>{"X-A=1", "Location=http://host:80/a: b",
                                           "x-a=", "Retry-After=-5", "X-B=0", "Last=\xC3\xA9\t"});
    CHECK(headers.get("LOCATION") == "http://host:80/a: b");
    CHECK(headers.get("x-A") == "1");
    CHECK(headers.get("absent").empty());
    CHECK(Headers().empty());
  }

  TEST_CASE("what would not be one header of that name is left out") {
    using namespace std::string_view_literals;
    Headers headers;
    const std::string name = "X-Name-Of-Some-Length";
    for (size_t at = 0; at <= name.size(); ++at) {
      for (const char c : {'\r', '\n', '\0', ' ', ':', '\t'})
        headers.add(std::string(name).insert(at, 1, c), "v");
    }
    headers.add(std::string(), "v");
    headers.add("X", "a\r\nSet-Cookie: b");
    headers.add("X", "a\0"sv);
    headers.add(std::string("X"), "a\r\nSet-Cookie: b");
    headers.add(std::string("X"), "a\0"sv);
    for (const HeaderView header : {HeaderView{"X", "a\nb"}, HeaderView{"X Y", "a"}})
      CHECK(Headers{header}.empty());
    CHECK(headers.empty());
    headers.add("X-\xC3\xA9", "v");  // ours to send; what is beyond ASCII ends nothing
    CHECK(headers.lines() == "X-\xC3\xA9: v\r\n");
  }

  TEST_CASE("a text that would end a header early is found") {
    using namespace std::string_view_literals;
    for (const auto text : {"a\rb"sv, "\n"sv, "a\0"sv}) CHECK(breaksHead(text));
    const std::string plain = "text of a header's value, \x0E\x1F\xFF and more";
    CHECK_FALSE(breaksHead(plain));
    for (size_t at = 0; at <= plain.size(); ++at) {
      for (const char c : {'\r', '\n', '\0'}) {
        CHECK(breaksHead(std::string(plain).insert(at, 1, c)));
      }
    }
    for (const auto text : {""sv, "a: b\tc"sv, "\xC3\xA9\x7F"sv}) CHECK_FALSE(breaksHead(text));
  }
}
