#include "store/texts.h"

#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using penstock::store::textsFromJson;
using penstock::store::textsToJson;

TEST_SUITE("store/texts") {
  TEST_CASE("lists of texts come back as they went in") {
    for (const std::vector<std::string>& texts :
         {std::vector<std::string>{}, {""}, {"a"}, {"@production", "openai/*", "\"q\"\n\\", "ü"}}) {
      CHECK(textsFromJson(textsToJson(texts)) == texts);
    }
    CHECK(textsToJson({}) == "[]");
  }

  TEST_CASE("anything but an array of strings is a broken store") {
    for (const char* json : {"", "{}", "\"a\"", "[1]", "[null]", "[[\"a\"]]", "[\"a\"", "[] []"}) {
      INFO(json);
      CHECK_THROWS_AS(textsFromJson(json), std::runtime_error);
    }
  }
}
