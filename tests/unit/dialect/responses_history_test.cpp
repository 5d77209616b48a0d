#include "dialect/responses_history.h"

#include <doctest/doctest.h>

#include "dialect/responses_request_reader.h"

using namespace penstock;
using namespace penstock::dialect;

TEST_SUITE("dialect/responses_history") {
  TEST_CASE("stored items stand before the new input, and state is needed no more") {
    const std::string body =
        R"({"model":"m","input":"And now?","previous_response_id":"resp_1","background":false})";
    const auto request = parseResponses(body);
    REQUIRE(request);
    const std::string resolved = withHistory(
        *request, {.items = R"([{"role":"user","content":"Hi"},{"type":"message","role":)"
                            R"("assistant","content":[{"type":"output_text","text":"Hello"}]}])"});
    CHECK(resolved == R"({"model":"m","input":[{"role":"user","content":"Hi"},{"type":"message",)"
                      R"("role":"assistant","content":[{"type":"output_text","text":"Hello"}]},)"
                      R"({"type":"message","role":"user","content":[{"type":"input_text","text":)"
                      R"("And now?"}]}]})");
    const auto chat = readResponses(resolved);
    REQUIRE(chat);
    CHECK(chat->messages.size() == 3);
    CHECK_FALSE(readResponses(body));
  }

  TEST_CASE("references give way to the items that they refer to") {
    const std::string body = R"({"model":"m","input":[{"id":"msg_1"},{"type":"item_reference",)"
                             R"("id":"msg_2"},{"role":"user","content":"Hi"}]})";
    const auto request = parseResponses(body);
    REQUIRE(request);
    CHECK(referencedItems(*request) == std::vector<std::string>{"msg_1", "msg_2"});
    const std::string half =
        withHistory(*request, {.referenced = {{"msg_1", R"({"role":"user","content":"A"})"}}});
    CHECK(half == R"({"model":"m","input":[{"role":"user","content":"A"},{"type":)"
                  R"("item_reference","id":"msg_2"},{"role":"user","content":"Hi"}]})");
    const auto chat = readResponses(half);
    REQUIRE_FALSE(chat);
    CHECK(chat.error().param == "input[1]");
  }

  TEST_CASE("the input of a request is kept as items") {
    const auto text = parseResponses(R"({"model":"m","input":"a\"b"})");
    REQUIRE(text);
    CHECK(inputItems(*text) ==
          R"([{"type":"message","role":"user","content":[{"type":"input_text",)"
          R"("text":"a\"b"}]}])");
    const auto items = parseResponses(R"({"model":"m","input":[ {"role":"user"} ]})");
    REQUIRE(items);
    CHECK(inputItems(*items) == R"([{"role":"user"}])");
    const auto three = parseResponses(R"({"model":"m","input":[1,2,3]})");
    REQUIRE(three);
    CHECK(inputItems(*three, 1) == "[2,3]");
    CHECK(inputItems(*three, 3) == "[]");
  }

  TEST_CASE("another server is sent neither sealed reasoning nor the ids of items") {
    const std::string body =
        R"({"model":"m","input":[{"role":"user","id":"msg_1","content":"Hi"},{"type":"reasoning",)"
        R"("id":"rs_1","summary":[]},{"type":"function_call","id":"fc_1","call_id":"c"},)"
        R"({"id":"ws_1","type":"web_search_call"}],"store":true})";
    const auto request = parseResponses(body);
    REQUIRE(request);
    CHECK(forAnotherServer(*request) ==
          R"({"model":"m","input":[{"role":"user","content":"Hi"},{"type":"function_call",)"
          R"("call_id":"c"},{"id":"ws_1","type":"web_search_call"}],"store":true})");
  }

  TEST_CASE("the response that ends a stream is kept, however it is cut into reads") {
    const std::string bytes =
        "event: response.created\ndata: "
        "{\"type\":\"response.created\",\"response\":{\"id\":\"a\"}}\n\n"
        "event: response.completed\ndata: "
        "{\"type\":\"response.completed\",\"response\":{\"id\":\"b\"}}\n\n";
    for (size_t cut = 0; cut < bytes.size(); ++cut) {
      ResponsesCollector collector;
      collector.feed(std::string_view(bytes).substr(0, cut));
      CHECK(collector.response().empty());
      collector.feed(std::string_view(bytes).substr(cut));
      CHECK(collector.response() == R"({"id":"b"})");
    }
  }
}
