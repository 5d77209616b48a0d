#include <string>

#include <doctest/doctest.h>

#include "config/slug.h"

using namespace penstock::config;

TEST_SUITE("config/slug") {
  TEST_CASE("slugs are lower case, digits, dashes and underscores, at most 63") {
    for (const std::string& good : {std::string("a"), std::string("0-_z"), std::string(63, 'a')}) {
      CHECK(isSlug(good));
    }
    for (const std::string& bad :
         {std::string(), std::string("A"), std::string("-a"), std::string("_a"), std::string("a b"),
          std::string("@a"), std::string("ä"), std::string(64, 'a'), std::string("a\n")}) {
      INFO(bad);
      CHECK_FALSE(isSlug(bad));
    }
  }

  TEST_CASE("a slug is made of a name") {
    CHECK(slugOf("Support bot") == "support-bot");
    CHECK(slugOf("  --Ünïque (v2)!  ") == "n-que-v2");
    CHECK(slugOf("__x__") == "x__");
    CHECK(slugOf("日本") == "");
    for (const std::string& name :
         {std::string("A  b"), std::string(300, 'x') + "!", std::string(62, 'x') + " y"}) {
      CHECK(isSlug(slugOf(name)));
    }
  }

  TEST_CASE("a config is named with and without the sign") {
    CHECK(withoutAt("@a") == "a");
    CHECK(withoutAt("a") == "a");
    CHECK(withoutAt("") == "");
  }
}
