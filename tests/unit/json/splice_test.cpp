#include "json/splice.h"

#include <doctest/doctest.h>

#include <string>

#include "json/document.h"

using namespace penstock;
using json::ObjectIndex;
using json::scanObject;
using json::Splicer;

TEST_SUITE("json/splice") {
  TEST_CASE("a replaced value leaves every other byte in place") {
    const std::string text = R"( { "model" : "a", "x":[1, 2] } )";
    ObjectIndex index;
    REQUIRE(scanObject(text, index));
    Splicer splicer(index);
    CHECK(!splicer.changed());
    splicer.replaceValue(0, "\"bb\"");
    const auto out = splicer.build();
    CHECK(out.str() == R"( { "model" : "bb", "x":[1, 2] } )");
    REQUIRE(out.pieces().size() == 3);
    CHECK(out.pieces()[0].data() == text.data());
    CHECK(out.pieces()[2].data() == text.data() + 16);
    CHECK(out.size() == out.str().size());
  }

  TEST_CASE("without edits the text is one piece of itself") {
    const std::string text = "{\"a\":1}";
    ObjectIndex index;
    REQUIRE(scanObject(text, index));
    const auto out = Splicer(index).build();
    REQUIRE(out.pieces().size() == 1);
    CHECK(out.pieces()[0].data() == text.data());
  }

  TEST_CASE("every set of removed members leaves a valid object with the others in order") {
    const std::string text = "{ \"a\" : 1 , \"b\":[2] ,\n\"c\":{\"x\":3}, \"d\":\"4\" }";
    ObjectIndex index;
    REQUIRE(scanObject(text, index));
    for (unsigned removed = 0; removed < 16; ++removed) {
      for (const bool append : {false, true}) {
        Splicer splicer(index);
        std::string keys;
        // Edits may come in any order.
        for (size_t i = 4; i-- > 0;) {
          if (removed >> i & 1) splicer.removeMember(i);
        }
        for (size_t i = 0; i < 4; ++i) {
          if (!(removed >> i & 1)) keys += index[i].key;
        }
        if (append) {
          splicer.appendMember("n\"", "true");
          splicer.appendMember("m", "[]");
          keys += "n\"m";
        }
        const std::string out = splicer.build().str();
        INFO(out);
        const auto document = json::parse(out);
        REQUIRE(document);
        std::string found;
        for (const auto& [key, value] : document->root().members()) found += key;
        CHECK(found == keys);
      }
    }
  }

  TEST_CASE("pieces survive a move of the result") {
    ObjectIndex index;
    const std::string text = "{}";
    REQUIRE(scanObject(text, index));
    Splicer splicer(index);
    splicer.appendMember("k", "1");
    auto first = splicer.build();
    const auto second = std::move(first);
    CHECK(second.str() == "{\"k\":1}");
  }
}
