#include "pricing/multipliers.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "pricing/catalogue.h"

using namespace penstock::pricing;

TEST_SUITE("pricing/multipliers") {
  TEST_CASE("the first row of a field that matches counts, fields multiply") {
    const TierMultipliers table(
        "# comment\np\t=m\tservice_tier=priority\t5/3\np\t^\tservice_tier=priority\t2/1\n"
        "p,r\t^\tspeed=fast\t6/1\tasked\np\t^\tservice_tier=flex\t1/2\n");
    CHECK(table.of("p", "m", "priority") == Multiplier{5, 3});
    CHECK(table.of("p", "m2", "priority") == Multiplier{2, 1});
    CHECK(table.of("p", "m", "fast") == Multiplier{5, 3});  // priority's new name
    CHECK(table.of("p", "m", "service_tier=flex") == Multiplier{1, 2});
    CHECK(table.of("p", "m2", "priority, speed=fast") == Multiplier{12, 1});
    CHECK(table.of("p", "m", "default") == Multiplier{});
    CHECK(table.of("p", "m", "") == Multiplier{});
    CHECK(table.of("p", "m", ",,=,x=") == Multiplier{});
    CHECK(table.of("q", "m", "priority") == Multiplier{});
    CHECK(table.of("r", "m", "speed=fast") == Multiplier{6, 1});
    CHECK(table.dearestPermille("p", "m", {"", true}) == 10'000);
    CHECK(table.dearestPermille("p", "m2", {"", true}) == 12'000);
    CHECK(table.dearestPermille("q", "m", {"", true}) == 1000);
    CHECK(table.dearestPermille("p", "m2", {}) == 2'000);
  }

  TEST_CASE("a tier that must be asked for is reserved for where it is") {
    const TierMultipliers table(
        "p\t^\tservice_tier=priority\t2/1\np\t^\tservice_tier=ultrafast\t6/1\tasked\n"
        "p\t^\tgeo=us\t11/10\ng\t^\tservice_tier=priority\t9/5\tasked\n");
    CHECK(table.dearestPermille("p", "m", {"ultrafast"}) == 6600);
    for (const char* left_open : {"", "auto", "priority", "fast", "new", "batch"})
      CHECK(table.dearestPermille("p", "m", {left_open}) == 2200);
    for (const char* standard : {"default", "flex", "standard", "standard_only"})
      CHECK(table.dearestPermille("p", "m", {standard}) == 1100);  // a place is no tier
    CHECK(table.dearestPermille("g", "m", {}) == 1000);
    for (const char* asked : {"priority", "PRIORITY", "SERVICE_TIER_PRIORITY"})
      CHECK(table.dearestPermille("g", "m", {asked}) == 1800);
    CHECK(table.dearestPermille("g", "m", {"SERVICE_TIER_FLEX"}) == 1000);
  }

  TEST_CASE("a malformed row is a defect of the build") {
    for (const char* row :
         {"p\t^\tspeed=fast", "p\t^\tspeed\t1/2", "p\t\tspeed=fast\t1/2", "p\t^\tspeed=fast\t0/1",
          "p\t^\tspeed=fast\t1/0", "p\t^\tspeed=fast\t1001/1", "p\t^\tspeed=fast\t0.5",
          "p\t^\tspeed=fast\t2/1\tunasked"}) {
      INFO(row);
      CHECK_THROWS_AS(TierMultipliers{row}, std::runtime_error);
    }
  }

  TEST_CASE("the bound of the table in the binary holds for each of its tiers") {
    const PriceCatalogue catalogue = PriceCatalogue::builtIn();
    const TierMultipliers& table = catalogue.multipliers();
    for (const CatalogueModel& model : catalogue.models(1'777'593'600'000)) {
      const std::string name(model.name);
      for (const char* tier : {"flex", "priority", "fast", "batch", "default", "ultrafast"}) {
        const AskedTier asked{tier};
        for (const char* served : {"flex", "default", tier})
          CHECK(table.of(model.provider, name, served).permille() <=
                table.dearestPermille(model.provider, name, asked));
      }
      // A setting at the provider may choose these for a request that names none.
      const bool chosen = model.provider == "openai" || model.provider == "azure";
      for (const char* served :
           {"flex", "default", chosen ? "priority" : "standard", "inference_geo=us"})
        for (const char* left_open : {"", "auto"})
          CHECK(table.of(model.provider, name, served).permille() <=
                table.dearestPermille(model.provider, name, {left_open}));
      for (const char* tier : {"speed=fast", "inference_geo=us", "speed=fast,inference_geo=us"})
        CHECK(table.of(model.provider, name, tier).permille() <=
              table.dearestPermille(model.provider, name, {"", true}));
    }
  }
}
