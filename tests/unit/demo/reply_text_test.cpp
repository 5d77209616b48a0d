#include "demo/reply_text.h"

#include <cctype>

#include "demo/tokenizer.h"
#include "unit/demo/support.h"

namespace penstock::demo {

TEST_SUITE("demo/reply_text") {
  TEST_CASE("the reply quotes the last user message and is always the same") {
    const auto read = userSays("What is a penstock?");
    const std::string text = composeText(read.request, 0);
    CHECK(text.find("You wrote: \"What is a penstock?\"") != std::string::npos);
    CHECK(text == composeText(userSays("What is a penstock?").request, 0));
    CHECK(text != composeText(read.request, 1));
  }

  TEST_CASE("a long message is quoted in part") {
    const auto read = userSays(std::string(100'000, 'x'));
    CHECK(composeText(read.request, 0).size() < 1'000);
    CHECK(composeText(read.request, 0).find("...\"") != std::string::npos);
  }

  TEST_CASE("images and tool results are mentioned") {
    const auto read = ReadRequest(R"({"model":"demo-chat","messages":[
        {"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]},
        {"role":"tool","content":"42"}]})");
    const std::string text = composeText(read.request, 0);
    CHECK(text.find("I was shown 1 image.") != std::string::npos);
    CHECK(text.find("The tool answered: \"42\".") != std::string::npos);
  }

  TEST_CASE("the tokens fault sets the length exactly, shorter or longer") {
    for (const uint64_t tokens : {1, 5, 40, 200, 5'000}) {
      auto read = userSays("hi");
      read.request.faults.tokens = tokens;
      CHECK(countTokens(composeText(read.request, 0)) == tokens);
    }
  }

  TEST_CASE("every reply starts with a letter, so that a few tokens are visible text") {
    auto read = userSays("hi");
    for (uint64_t choice = 0; choice < 16; ++choice) {
      CHECK(std::isalpha(static_cast<unsigned char>(composeText(read.request, choice)[0])) != 0);
    }
  }

  TEST_CASE("the json_object reply is JSON, whatever was said") {
    CHECK(json::parse(composeJsonObject(userSays(R"(\"quoted\" \\ é)").request)));
  }
}

}  // namespace penstock::demo
