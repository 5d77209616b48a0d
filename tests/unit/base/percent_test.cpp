#include "base/percent.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace penstock;

TEST_SUITE("base/percent") {
  TEST_CASE("every byte but the unreserved ones is encoded, and decodes to itself") {
    CHECK(percentEncode("aZ09-._~") == "aZ09-._~");
    CHECK(percentEncode("anthropic.claude-x-v1:0") == "anthropic.claude-x-v1%3A0");
    CHECK(percentEncode("a/b c?d#e%f@g") == "a%2Fb%20c%3Fd%23e%25f%40g");
    CHECK(percentEncode("\u1234") == "%E1%88%B4");
    std::string all;
    for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
    CHECK(percentDecode(percentEncode(all)) == all);
  }
}
