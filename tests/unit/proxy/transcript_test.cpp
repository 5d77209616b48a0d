#include "proxy/transcript.h"

#include <doctest/doctest.h>

using penstock::proxy::Transcript;

TEST_SUITE("proxy/transcript") {
  TEST_CASE("JSON is shown as it is, and goes on as it was checked") {
    const std::string answer = R"({"text":"call ada","logprobs":[{"token":"ada"}]})";
    const Transcript transcript(answer);
    CHECK(transcript.asJson() == answer);
    CHECK(transcript.fromJson(answer) == answer);
    CHECK(transcript.fromJson(R"({"text":"call [NAME]","logprobs":[{"token":"ada"}]})") ==
          R"({"text":"call [NAME]"})");
  }

  TEST_CASE("text is shown as JSON, and stays text") {
    const std::string answer = "1\n00:00:00,000 --> 00:00:01,000\n\"hi\"\n";
    const Transcript transcript(answer);
    CHECK(transcript.asJson() == R"({"text":"1\n00:00:00,000 --> 00:00:01,000\n\"hi\"\n"})");
    CHECK(transcript.fromJson(transcript.asJson()) == answer);
    CHECK(transcript.fromJson(R"({"text":"[X]\n"})") == "[X]\n");
    CHECK(Transcript("").fromJson(Transcript("").asJson()).empty());
  }
}
