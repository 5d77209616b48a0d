#include "pricing/match.h"

#include <doctest/doctest.h>

using penstock::pricing::matchesHost;
using penstock::pricing::NameRule;

TEST_SUITE("pricing/match") {
  TEST_CASE("each atom reads as described") {
    CHECK(NameRule("=gpt-4o").matches("gpt-4o"));
    CHECK(!NameRule("=gpt-4o").matches("gpt-4o-mini"));
    CHECK(NameRule("^gpt-4o").matches("gpt-4o-mini"));
    CHECK(NameRule("$-latest").matches("x-latest"));
    CHECK(!NameRule("$-latest").matches("x-latest-2"));
    CHECK(NameRule("*claude-v2").matches("anthropic.claude-v2:1"));
    CHECK(NameRule("#m-####-##").matches("m-2026-05"));
    CHECK(!NameRule("#m-####-##").matches("m-2026-0x"));
    CHECK(!NameRule("#m-####-##").matches("m-2026-051"));
    CHECK(NameRule("%m-#").matches("m-0-anything"));
    CHECK(!NameRule("%m-#").matches("m-x"));
    CHECK(NameRule("^a&!-tts").matches("a-1"));
    CHECK(NameRule("^a&!-tts").matches("a-ttsx"));
    CHECK(!NameRule("^a&!-tts").matches("a-tts"));
    CHECK(!NameRule("^a&!-tts").matches("a-ttsx-tts-1"));
  }

  TEST_CASE("one alternative is enough, all of its atoms are needed") {
    CHECK(NameRule("=a|^b&$c|=d").matches("b-c"));
    CHECK(!NameRule("=a|^b&$c|=d").matches("b-x"));
    CHECK(NameRule("=a|^b&$c|=d").matches("d"));
    CHECK(!NameRule("").matches("d"));
    CHECK(!NameRule("?d").matches("d"));
    CHECK(!NameRule().matches("d"));
    CHECK(!NameRule("=a||=b").matches("c"));
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
