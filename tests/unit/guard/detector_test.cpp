#include "guard/detector.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace penstock::guard;

namespace {

std::vector<std::string> found(const Detector& detector, const std::string& text) {
  Progress progress;
  std::vector<Span> spans;
  detector.scan(text, TextEnd::Final, progress, spans);
  std::vector<std::string> texts;
  for (const Span& span : spans) texts.push_back(text.substr(span.begin, span.end - span.begin));
  return texts;
}

Detector pattern(const std::string& text) { return Detector::ofPattern("X", text).value(); }
Detector words(std::vector<std::string> keywords, bool whole = true) {
  return Detector::ofKeywords("X", {std::move(keywords), whole}).value();
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_SUITE("guard/detector") {
  TEST_CASE("matches are found from the left and do not overlap") {
    CHECK(found(pattern("a+b"), "aab ab b aaab") == Texts{"aab", "ab", "aaab"});
    CHECK(found(pattern("aba"), "ababa") == Texts{"aba"});
    CHECK(found(pattern("^a"), "aa") == Texts{"a"});
    CHECK(found(pattern("a$"), "aa") == Texts{"a"});
    CHECK(found(pattern("\\b|x"), "yx") == Texts{"x"});  // what takes no text is passed over
  }

  TEST_CASE("a match has a bound") {
    CHECK(found(pattern("a+"), std::string(600, 'a')) ==
          Texts{std::string(256, 'a'), std::string(256, 'a'), std::string(88, 'a')});
    CHECK(found(pattern("a.*b"), "a" + std::string(255, '.') + "b").empty());
    CHECK(found(pattern("a.*b"), "a" + std::string(254, '.') + "b").size() == 1);
    // Behind a beginning that comes to nothing, and far into a long text.
    CHECK(found(pattern("a.*b|c"), "a" + std::string(2000, '.') + "cab").size() == 2);
  }

  TEST_CASE("a pattern with many beginnings and no end costs no more than the text is long") {
    CHECK(found(pattern("a.*b"), std::string(100'000, 'a')).empty());
    std::string many;
    for (int i = 0; i < 500'000; ++i) many += "ab";
    CHECK(found(pattern("a.*b"), many).size() == 3907);
    CHECK(found(pattern("a.*b"), std::string(20'000, 'a') + "\nab").size() == 1);
  }

  TEST_CASE("keywords are found whatever their case, as whole words if so wished") {
    CHECK(found(words({"secret", "new york", "new york city"}), "Secret secrets NEW YORK CITY") ==
          Texts{"Secret", "NEW YORK CITY"});
    CHECK(found(words({"secret"}, false), "topsecrets") == Texts{"secret"});
    CHECK(found(words({"c++", ".net", "a|b"}), "C++ x.NET a|b ab") == Texts{"C++", ".NET", "a|b"});
    CHECK(found(words({"über"}), "ÜBER darüber") == Texts{"ÜBER"});
    CHECK(found(words({"日本"}), "in 日本。") == Texts{"日本"});
  }

  TEST_CASE("what RE2 does not take, or takes for nothing, is refused") {
    CHECK(Detector::ofPattern("X", "a(").error().starts_with("the pattern is not valid: "));
    CHECK(Detector::ofPattern("X", "a*").error() ==
          "the pattern matches a text without characters");
    CHECK(Detector::ofPattern("X", std::string(513, 'a')).error() ==
          "the pattern is longer than 512 bytes");
  }

  TEST_CASE("a place is undecided as long as a match may still begin there") {
    const struct {
      const char* pattern;
      const char* text;
      size_t undecided;
    } cases[] = {
        {"secret", "my sec", 3},   {"secret", "my sex", 6},     {"secret\\b", "a secret", 2},
        {"\\d{3}-\\d", "a 12", 2}, {"\\d{3}-\\d", "a 12 x", 6}, {"ab|cd", "xa", 1},
        {"\\Qab\\E", "xyz", 0},
    };
    for (const auto& c : cases) {
      INFO(std::string(c.pattern));
      INFO(std::string(c.text));
      Progress progress;
      std::vector<Span> spans;
      pattern(c.pattern).scan(c.text, TextEnd::More, progress, spans);
      CHECK(spans.empty());
      CHECK(progress.cursor == c.undecided);
    }
  }
}
