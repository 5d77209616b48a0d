#include "base/ip_range.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock;

namespace {

bool contains(const char* range, const char* address) {
  return parseIpRange(range).value().contains(parseIp(address).value());
}

}  // namespace

TEST_SUITE("base/ip_range") {
  TEST_CASE("ranges have one canonical text") {
    struct Case {
      const char *in, *out;
    };
    for (const Case& c : std::vector<Case>{{"10.0.0.0/8", "10.0.0.0/8"},
                                           {"10.1.2.3/8", "10.0.0.0/8"},
                                           {"10.1.2.3", "10.1.2.3"},
                                           {"10.1.2.3/32", "10.1.2.3"},
                                           {"0.0.0.0/0", "0.0.0.0/0"},
                                           {"255.255.255.255/1", "128.0.0.0/1"},
                                           {"2001:DB8:0:0::1/32", "2001:db8::/32"},
                                           {"2001:db8::ff/121", "2001:db8::80/121"},
                                           {"::/0", "::/0"},
                                           {"::1", "::1"},
                                           {"::1/128", "::1"},
                                           {"::ffff:10.1.2.3/104", "10.0.0.0/8"},
                                           {"::ffff:10.1.2.3", "10.1.2.3"}}) {
      INFO(c.in);
      const auto range = parseIpRange(c.in);
      REQUIRE(range);
      CHECK(range->text() == c.out);
      CHECK(parseIpRange(c.out) == range);
    }
  }

  TEST_CASE("what is no address and no range is refused") {
    for (const char* text : {"",
                             "/",
                             "/8",
                             "10.0.0.0/",
                             "10.0.0.0/33",
                             "10.0.0.0/-1",
                             "10.0.0.0/+8",
                             "10.0.0.0/08",
                             "10.0.0.0/8 ",
                             " 10.0.0.0/8",
                             "10.0.0/8",
                             "10.0.0.256",
                             "010.0.0.1",
                             "0x0a.0.0.1",
                             "::/129",
                             "::1%lo",
                             "fe80::1%eth0/64",
                             "[::1]",
                             "localhost",
                             "example.com/8",
                             "10.0.0.0/8/8",
                             "1.2.3.4:80",
                             "10.0.0.0/1000",
                             "*"}) {
      INFO(text);
      CHECK_FALSE(parseIpRange(text));
    }
    CHECK_FALSE(parseIp(std::string_view("10.0.0.1\0", 9)));
    CHECK_FALSE(parseIp(std::string(5000, '1')));
  }

  TEST_CASE("a range contains its addresses, to the bit, and no others") {
    CHECK(contains("10.0.0.0/8", "10.255.255.255"));
    CHECK_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    CHECK(contains("192.168.7.128/25", "192.168.7.128"));
    CHECK_FALSE(contains("192.168.7.128/25", "192.168.7.127"));
    CHECK(contains("203.0.113.7", "203.0.113.7"));
    CHECK_FALSE(contains("203.0.113.7", "203.0.113.6"));
    CHECK(contains("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  }

  TEST_CASE("an IPv4 address is the same in both notations, and in IPv4 ranges only") {
    CHECK(parseIp("::ffff:10.0.0.1") == parseIp("10.0.0.1"));
    CHECK(parseIp("::ffff:10.0.0.1")->text() == "10.0.0.1");
    CHECK(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
    CHECK(contains("0.0.0.0/0", "8.8.8.8"));
    CHECK_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    CHECK(contains("::/0", "2001:db8::1"));
    CHECK_FALSE(contains("::/0", "8.8.8.8"));
    CHECK_FALSE(contains("::/0", "::ffff:8.8.8.8"));
  }

  TEST_CASE("every prefix length of a seeded lot of addresses agrees with bit by bit comparison") {
    uint64_t seed = 42;
    const auto next = [&seed] {
      seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
      return static_cast<uint8_t>(seed >> 56);
    };
    for (int round = 0; round < 200; ++round) {
      IpAddress a;
      for (uint8_t& byte : a.bytes) byte = next();
      a.bytes[0] = 0x20;  // not mapped
      IpAddress b = a;
      const int differs = next() % 128;
      b.bytes[static_cast<size_t>(differs / 8)] ^= static_cast<uint8_t>(0x80 >> (differs % 8));
      for (int bits = 0; bits <= 128; ++bits) {
        const auto range = parseIpRange(a.text() + "/" + std::to_string(bits)).value();
        CHECK(range.contains(a));
        CHECK(range.contains(b) == (differs >= bits));
      }
    }
  }

  TEST_CASE("an allow-list that is empty allows all, any other only what is in it") {
    CHECK(IpAllowList().allows("8.8.8.8"));
    CHECK(IpAllowList::parse({})->allows("local"));
    const std::vector<std::string> texts{"10.0.0.0/8", "::1"};
    const auto list = IpAllowList::parse(texts);
    REQUIRE(list);
    CHECK(list->allows("10.9.8.7"));
    CHECK(list->allows("::ffff:10.9.8.7"));
    CHECK(list->allows("::1"));
    for (const char* address : {"11.0.0.1", "::2", "local", ""}) CHECK_FALSE(list->allows(address));
  }

  TEST_CASE("a text that is no range is named by its place") {
    const std::vector<std::string> texts{"10.0.0.0/8", "office"};
    const auto list = IpAllowList::parse(texts);
    REQUIRE_FALSE(list);
    CHECK(list.error().kind == ErrorKind::Unprocessable);
    CHECK(list.error().param == "/1");
  }
}
