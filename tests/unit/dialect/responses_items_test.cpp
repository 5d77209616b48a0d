#include "dialect/responses_items.h"

#include <doctest/doctest.h>

using namespace penstock::dialect;

TEST_SUITE("dialect/responses_items") {
  TEST_CASE("of a response object what a store needs is read") {
    const auto read =
        readKeptObject(R"({"id":"resp_1","model":"m","store":false,"output":[{"id":"a"}],"usage":)"
                       R"({"output_tokens_details":{"reasoning_tokens":7}}})");
    CHECK(read.id == "resp_1");
    CHECK(read.model == "m");
    CHECK(read.output == R"([{"id":"a"}])");
    CHECK(read.says_unstored);
    CHECK(read.reasoning_tokens == 7);
    const auto nothing = readKeptObject(R"({"output":"x","usage":null})");
    CHECK(nothing.id.empty());
    CHECK(nothing.output.empty());
    CHECK_FALSE(nothing.says_unstored);
    CHECK(readKeptObject("[").reasoning_tokens == 0);
  }

  TEST_CASE("an id is what may stand in a path") {
    CHECK(isResponseId("resp_68a-B"));
    for (const char* id : {"", "a/b", "a b", "a?b", "..", "a%2e"}) CHECK_FALSE(isResponseId(id));
    CHECK(isResponseId(std::string(256, 'a')));
    CHECK_FALSE(isResponseId(std::string(257, 'a')));
  }

  TEST_CASE("items are listed with ids, messages with all that clients expect of them") {
    const auto items = listedItems(
        R"([{"role":"user","content":"Hi"},{"type":"message","role":"assistant","content":"Yo"},)"
        R"({"type":"function_call","id":"fc_1","call_id":"c"},{"type":"function_call_output",)"
        R"("call_id":"c","output":"1"}])",
        "resp_68a");
    REQUIRE(items.size() == 4);
    CHECK(items[0].id == "msg_in0_68a");
    CHECK(items[0].json == R"({"role":"user","content":[{"type":"input_text","text":"Hi"}],)"
                           R"("id":"msg_in0_68a","type":"message","status":"completed"})");
    CHECK(items[1].json ==
          R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yo",)"
          R"("annotations":[]}],"id":"msg_in1_68a","status":"completed"})");
    CHECK(items[2].id == "fc_1");
    CHECK(items[2].json == R"({"type":"function_call","id":"fc_1","call_id":"c"})");
    CHECK(items[3].id == "item_in3_68a");
    CHECK(listedItems("null", "resp_1").empty());
  }

  TEST_CASE("an id that was given leads back to its item, and no other does") {
    const auto place = placeOfItem("msg_in12_68a_b");
    REQUIRE(place);
    CHECK(place->response_id == "resp_68a_b");
    CHECK(place->place == 12);
    for (const char* id :
         {"", "msg", "msg_1", "msg_in", "msg_in_1", "msg_inx_1", "msg_in1", "in1_a"})
      CHECK_FALSE(placeOfItem(id));
    CHECK(itemAt("[1,2]", 1) == "2");
    CHECK(itemAt("[1,2]", 2).empty());
  }

  TEST_CASE("items are found by their own ids") {
    const std::string items = R"([{"id":"a"},{"x":1},{"id":"b"},5])";
    CHECK(itemIds(items) == std::vector<std::string>{"a", "b"});
    CHECK(findItem(items, "b") == R"({"id":"b"})");
    CHECK(findItem(items, "c").empty());
  }
}
