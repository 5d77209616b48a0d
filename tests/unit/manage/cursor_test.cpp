#include "manage/cursor.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("manage/cursor") {
  TEST_CASE("a cursor reads back as the place it was made of") {
    for (const std::string place :
         {"1", "key_01HXYABCDEFGHJKMNPQRSTVWXY", "9223372036854775807", "@a:b"}) {
      const std::string cursor = manage::encodeCursor("api_keys", place);
      CHECK(cursor.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
            std::string::npos);
      CHECK(manage::decodeCursor("api_keys", cursor) == place);
    }
  }

  TEST_CASE("a cursor of another list is refused") {
    const std::string cursor = manage::encodeCursor("api_keys", "key_1");
    CHECK_FALSE(manage::decodeCursor("projects", cursor));
    CHECK_FALSE(manage::decodeCursor("api", cursor));
    CHECK_FALSE(manage::decodeCursor("api_keys_", cursor));
  }

  TEST_CASE("garbage is refused") {
    for (const char* garbage : {"", "!", "====", "YXBpX2tleXM", "YXBpX2tleXM6", "\xff", "a b"}) {
      CHECK_FALSE(manage::decodeCursor("api_keys", garbage));
    }
  }
}
