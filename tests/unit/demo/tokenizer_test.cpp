#include "demo/tokenizer.h"

#include <string>

#include <doctest/doctest.h>

namespace penstock::demo {
namespace {

std::string joined(std::string_view text) {
  std::string out;
  for (const std::string_view token : tokenize(text)) {
    if (!out.empty()) out += '|';
    out += token;
  }
  return out;
}

}  // namespace

TEST_SUITE("demo/tokenizer") {
  TEST_CASE("words take the space before them, and at most eight letters") {
    CHECK(joined("Hello from Penstock!") == "Hello| from| Penstock|!");
    CHECK(joined("internationalisation") == "internat|ionalisa|tion");
    CHECK(joined("a  b") == "a| | b");
  }

  TEST_CASE("digits come in threes") { CHECK(joined("in 20264") == "in| 202|64"); }

  TEST_CASE("every other character is a token of its own, whole in UTF-8") {
    CHECK(joined("é, 水😀") == "é|,| |水|😀");
  }

  TEST_CASE("broken UTF-8 is cut into bytes, never read past the end") {
    CHECK(tokenize("\xF0\x9F").size() == 2);
    CHECK(tokenize("\xC3(").size() == 2);
    CHECK(tokenize("\x80").size() == 1);
  }

  TEST_CASE("the tokens put together are the text, and the count is their number") {
    for (const std::string text : {"", " ", "a1b2 c3", "tab\tnew\nline", "ünïcödé wörds 12345  "}) {
      std::string all;
      for (const std::string_view token : tokenize(text)) all += token;
      CHECK(all == text);
      CHECK(countTokens(text) == tokenize(text).size());
    }
  }

  TEST_CASE("a text cut between two tokens keeps its tokens") {
    const std::string text = "Cut me 12345 anywhere, naïvely!";
    size_t end = 0;
    size_t count = 0;
    for (const std::string_view token : tokenize(text)) {
      end += token.size();
      CHECK(countTokens(std::string_view(text).substr(0, end)) == ++count);
    }
  }
}

}  // namespace penstock::demo
