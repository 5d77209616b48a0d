#include "dialect/speech_length.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock::dialect;

TEST_SUITE("dialect/speech_length") {
  TEST_CASE("characters are code points") {
    CHECK(SpeechLength("abc").characters() == 3);
    CHECK(SpeechLength("h\u00E9llo \u65E5\u672C \U0001F600").characters() == 10);
    CHECK(SpeechLength("").characters() == 0);
  }

  TEST_CASE("digits and ideographs take longer than letters") {
    CHECK(SpeechLength("abcdefghij").tokens(1) == 20);
    CHECK(SpeechLength("12").tokens(1) == 20);
    CHECK(SpeechLength("\u65E5\u672C\u8A9E\u3067").tokens(1) == 20);
  }

  TEST_CASE("slow speech is longer") {
    CHECK(SpeechLength("abcdefghij").tokens(0.25) == 80);
    CHECK(SpeechLength("abcdefghij").tokens(4) == 5);
  }

  TEST_CASE("the bound is above the estimate, whatever the text") {
    for (const std::string text : {"", "a", "1234567890", "\u65E5\u672C\u8A9E", "~!@ "}) {
      for (const double speed : {0.01, 0.25, 1.0, 4.0}) {
        const SpeechLength length(text);
        CHECK(SpeechLength::mostTokens(length.characters(), speed) >= length.tokens(speed));
      }
    }
    CHECK(SpeechLength::mostTokens(INT64_C(1) << 40, 0.01) == 1'000'000'000);
  }
}
