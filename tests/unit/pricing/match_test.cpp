#include "pricing/match.h"

#include <doctest/doctest.h>

using penstock::pricing::matchesHost;
using penstock::pricing::matchesRule;

TEST_SUITE("pricing/match") {
  TEST_CASE("each atom reads as described") {
    CHECK(matchesRule("=gpt-4o", "gpt-4o"));
    CHECK(!matchesRule("=gpt-4o", "gpt-4o-mini"));
    CHECK(matchesRule("^gpt-4o", "gpt-4o-mini"));
    CHECK(matchesRule("$-latest", "x-latest"));
    CHECK(!matchesRule("$-latest", "x-latest-2"));
    CHECK(matchesRule("*claude-v2", "anthropic.claude-v2:1"));
    CHECK(matchesRule("#m-####-##", "m-2026-05"));
    CHECK(!matchesRule("#m-####-##", "m-2026-0x"));
    CHECK(!matchesRule("#m-####-##", "m-2026-051"));
    CHECK(matchesRule("%m-#", "m-0-anything"));
    CHECK(!matchesRule("%m-#", "m-x"));
    CHECK(matchesRule("^a&!-tts", "a-1"));
    CHECK(matchesRule("^a&!-tts", "a-ttsx"));
    CHECK(!matchesRule("^a&!-tts", "a-tts"));
    CHECK(!matchesRule("^a&!-tts", "a-ttsx-tts-1"));
  }

  TEST_CASE("one alternative is enough, all of its atoms are needed") {
    CHECK(matchesRule("=a|^b&$c|=d", "b-c"));
    CHECK(!matchesRule("=a|^b&$c|=d", "b-x"));
    CHECK(matchesRule("=a|^b&$c|=d", "d"));
    CHECK(!matchesRule("", "d"));
    CHECK(!matchesRule("?d", "d"));
  }

  TEST_CASE("hosts match whole, with one star and a path at a segment's end") {
    CHECK(matchesHost("api.groq.com", "api.groq.com/openai/v1"));
    CHECK(matchesHost("api.groq.com", "api.groq.com"));
    CHECK(!matchesHost("api.groq.com", "api.groq.com.evil.example"));
    CHECK(!matchesHost("api.groq.com", "xapi.groq.com"));
    CHECK(matchesHost("*.openai.azure.com", "my.openai.azure.com/openai"));
    CHECK(!matchesHost("*.openai.azure.com", ".openai.azure.com"));
    CHECK(
        matchesHost("bedrock-runtime.*.amazonaws.com", "bedrock-runtime.us-east-1.amazonaws.com"));
    CHECK(matchesHost("router.huggingface.co/groq", "router.huggingface.co/groq/openai/v1"));
    CHECK(!matchesHost("router.huggingface.co/groq", "router.huggingface.co/groqqy"));
    CHECK(matchesHost("a.b/x/", "a.b/x/y"));
  }
}
