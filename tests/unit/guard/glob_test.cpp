#include "guard/glob.h"

#include <string>

#include <doctest/doctest.h>

using penstock::guard::matchesGlob;

TEST_SUITE("guard/glob") {
  TEST_CASE("stars take any text and question marks a character") {
    const struct {
      const char* pattern;
      const char* text;
      bool fits;
    } cases[] = {
        {"gpt-4o", "GPT-4o", true},
        {"gpt-4o", "gpt-4o-mini", false},
        {"gpt-*", "gpt-", true},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a?c", "aéc", true},
        {"a?c", "ac", false},
        {"*mini*", "gpt-4o-mini-2", true},
        {"a*b*c", "axxbyybzzc", true},
        {"a*b*c", "axxbyyb", false},
        {"openai/*", "@fast", false},
    };
    for (const auto& c : cases) {
      INFO(std::string(c.pattern));
      INFO(std::string(c.text));
      CHECK(matchesGlob(c.pattern, c.text) == c.fits);
    }
  }

  TEST_CASE("no pattern is slow") {
    std::string pattern;
    for (int i = 0; i < 60; ++i) pattern += "a*";
    CHECK_FALSE(matchesGlob(pattern + "b", std::string(10'000, 'a')));
  }
}
