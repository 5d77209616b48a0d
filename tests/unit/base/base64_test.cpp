#include "base/base64.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("base/base64") {
  TEST_CASE("the URL's alphabet without padding, both ways (RFC 4648, 10)") {
    struct Row {
      const char* plain;
      const char* encoded;
    };
    for (const Row& row : {Row{"", ""}, Row{"f", "Zg"}, Row{"fo", "Zm8"}, Row{"foo", "Zm9v"},
                           Row{"foobar", "Zm9vYmFy"}, Row{"\xfb\xff", "-_8"}}) {
      CHECK(base64Url(row.plain) == row.encoded);
      CHECK(fromBase64Url(row.encoded) == std::string(row.plain));
    }
    CHECK_FALSE(fromBase64Url("Zg=="));
    CHECK_FALSE(fromBase64Url("a+b"));
  }
}
