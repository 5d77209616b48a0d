#include "dialect/crc32.h"

#include <doctest/doctest.h>

using penstock::dialect::crc32;

TEST_SUITE("dialect/crc32") {
  TEST_CASE("the check values of the standard come out") {
    CHECK(crc32("") == 0);
    CHECK(crc32("123456789") == 0xCBF43926);
    CHECK(crc32("The quick brown fox jumps over the lazy dog") == 0x414FA339);
  }
}
