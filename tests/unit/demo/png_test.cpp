#include "demo/png.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::demo;

namespace {

uint32_t numberAt(const std::string& text, size_t at) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(text[at + i]);
  return number;
}

}  // namespace

TEST_SUITE("demo/png") {
  TEST_CASE("a picture is a PNG file: signature, head, pixels, end") {
    const std::string png = drawPng(1);
    CHECK(png.starts_with("\x89PNG\r\n\x1A\n"));
    CHECK(numberAt(png, 8) == 13);
    CHECK(png.substr(12, 4) == "IHDR");
    CHECK(numberAt(png, 16) == 64);
    CHECK(numberAt(png, 20) == 64);
    CHECK(numberAt(png, 29) == 0x25'0B'E6'89);  // Python's zlib.crc32 of the head
    const size_t pixels = 64 * (1 + 64 * 3);
    CHECK(numberAt(png, 33) == pixels + 11);
    CHECK(png.ends_with(std::string("\0\0\0\0IEND\xAE\x42\x60\x82", 12)));
  }

  TEST_CASE("the same seed draws the same, another something else") {
    CHECK(drawPng(1) == drawPng(1));
    CHECK(drawPng(1) != drawPng(2));
  }
}
