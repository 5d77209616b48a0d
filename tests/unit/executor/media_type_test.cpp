#include "executor/media_type.h"

#include <doctest/doctest.h>

using penstock::executor::mediaTypeOf;

TEST_SUITE("executor/media_type") {
  TEST_CASE("the first bytes count more than what the sender says") {
    CHECK(mediaTypeOf("%PDF-1.7 …", "image/png") == "application/pdf");
    CHECK(mediaTypeOf("\x89PNG\r\n\x1A\n…", "") == "image/png");
    CHECK(mediaTypeOf("\xFF\xD8\xFF\xE0", "application/octet-stream") == "image/jpeg");
    CHECK(mediaTypeOf("GIF89a", "") == "image/gif");
    CHECK(mediaTypeOf("RIFF\1\2\3\4WEBPVP8 ", "") == "image/webp");
  }

  TEST_CASE("else the sender, and what says nothing is text or bytes") {
    CHECK(mediaTypeOf("a,b", "Text/CSV; charset=utf-8") == "text/csv");
    CHECK(mediaTypeOf("a,b", "application/octet-stream") == "text/plain");
    CHECK(mediaTypeOf("\xC3\xA9", "") == "text/plain");
    CHECK(mediaTypeOf("\xC3", "") == "application/octet-stream");
    CHECK(mediaTypeOf("a", "no\r\ntype") == "text/plain");
    CHECK(mediaTypeOf("", "/") == "text/plain");
    CHECK(mediaTypeOf("RIFF", "") == "text/plain");
  }
}
