#include "dialect/json_progress.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::dialect;

TEST_SUITE("dialect/json_progress") {
  TEST_CASE("a value is whole with its last bracket and not before, however it is cut") {
    for (const std::string& text :
         {std::string("{}"), std::string(R"({"a":[1,{"b":"}]\"\\"}],"c":"["})"),
          std::string("[[],[]]")}) {
      for (size_t cut = 0; cut <= text.size(); ++cut) {
        JsonProgress progress;
        progress.feed(std::string_view(text).substr(0, cut));
        CHECK(progress.whole() == (cut == text.size()));
        progress.feed(std::string_view(text).substr(cut));
        CHECK(progress.whole());
      }
    }
  }

  TEST_CASE("nothing, and what has no brackets, is not whole") {
    JsonProgress progress;
    CHECK(!progress.whole());
    progress.feed("  \"{}\" 5");
    CHECK(!progress.whole());
    progress.feed("{}");
    CHECK(progress.whole());
    progress.feed("}}");
    CHECK(progress.whole());
  }
}
