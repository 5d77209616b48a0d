#include "config/cache_rules.h"

#include <string>

#include <doctest/doctest.h>

using namespace penstock;
using config::CacheRules;
using config::parseCacheRules;

TEST_SUITE("config/cache_rules") {
  TEST_CASE("what is left out has its default, and the canonical form reads back the same") {
    CHECK(parseCacheRules("{}").value() == CacheRules{});
    CHECK(config::cacheRulesJson({}) ==
          R"({"mode":"exact","ttl_seconds":3600,"allow_temperature":false,"allow_tools":false})");
    const CacheRules rules{
        .ttl_seconds = 2'592'000, .allow_temperature = true, .allow_tools = true};
    CHECK(parseCacheRules(config::cacheRulesJson(rules)).value() == rules);
  }

  TEST_CASE("no text is no cache") { CHECK_FALSE(parseCacheRules("").value()); }

  TEST_CASE("what does not hold is an error at its place") {
    for (const auto& [text, param] :
         {std::pair{R"({"mode":"semantic"})", "/mode"}, std::pair{R"({"mode":1})", "/mode"},
          std::pair{R"({"ttl_seconds":0})", "/ttl_seconds"},
          std::pair{R"({"ttl_seconds":2592001})", "/ttl_seconds"},
          std::pair{R"({"allow_tools":"yes"})", "/allow_tools"},
          std::pair{R"({"allow_temperature":1})", "/allow_temperature"},
          std::pair{R"({"size":1})", "/size"}}) {
      const auto parsed = parseCacheRules(text);
      REQUIRE_FALSE(parsed);
      CHECK(parsed.error().param == param);
    }
  }
}
