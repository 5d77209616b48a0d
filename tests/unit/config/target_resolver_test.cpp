#include "config/target_resolver.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "config/build.h"
#include "support/store_fixture.h"

using namespace penstock;
using store::Tables;

TEST_SUITE("config/target_resolver") {
  TEST_CASE("a name finds the credential that it would find in a request") {
    test::StoreFixture f;
    f.bootstrap();
    f.store->write([&](Tables& t) {
      const model::Provider main = f.provider("openai", "main");
      const model::Provider backup = f.provider("openai", "backup");
      REQUIRE(store::addProvider(t, main));
      REQUIRE(store::addProvider(t, backup));
      const auto snapshot = config::build(t, config::Part::All, nullptr).value();
      struct Case {
        const char* name;
        model::Target target;   // or
        const char* complaint;  // what the error says
      };
      const std::vector<Case> cases{
          {"main/gpt-4o", {"gpt-4o", main.id}, ""},
          {"backup/gpt-4o", {"gpt-4o", backup.id}, ""},
          {"openai/gpt-4o", {"gpt-4o", main.id}, ""},
          {"main/org/model", {"org/model", main.id}, ""},
          {"gpt-4o", {"gpt-4o", main.id}, ""},
          {"main/", {}, "empty"},
          {"claude-sonnet", {}, "anthropic"},
          {"what-is-this", {}, "gpt-*"},
          {"nobody/gpt-4o", {}, "known prefixes"},
          {"nobody/x", {}, "known prefixes"},
          {"", {}, "known prefixes"},
      };
      const config::PolicyContext context = config::policyContext(*snapshot);
      CHECK(context.has_provider(main.id));
      CHECK_FALSE(context.has_provider("prov_none"));
      for (const Case& c : cases) {
        INFO(c.name);
        const auto resolved = context.resolve(c.name);
        REQUIRE(resolved.has_value() == std::string(c.complaint).empty());
        if (resolved) {
          CHECK(*resolved == c.target);
        } else {
          CHECK(resolved.error().message.find(c.complaint) != std::string::npos);
        }
      }
    });
  }
}
