#include "webhook/event_types.h"

#include <set>
#include <string>

#include <doctest/doctest.h>

#include "json/document.h"

using namespace penstock;
using namespace penstock::webhook;

TEST_SUITE("webhook/event_types") {
  TEST_CASE("the catalogue is the specification's, and what Penstock adds") {
    std::set<std::string_view> types;
    for (const EventType& type : eventTypes()) types.insert(type.type);
    CHECK(types == std::set<std::string_view>{
                       "budget.threshold_reached", "budget.exceeded", "budget.created",
                       "budget.updated", "budget.deleted", "balance.low", "routing_config.updated",
                       "routing_config.created", "routing_config.deleted",
                       "provider.health_changed", "api_key.revoked", "request.anomaly_detected",
                       "experiment.completed", "experiment.regression_detected"});
    CHECK(eventTypes().size() == types.size());
    for (const std::string_view type : types) CHECK(isEventType(type));
    for (const char* other : {"", "budget", "budget.exceeded ", "Budget.exceeded"}) {
      CHECK_FALSE(isEventType(other));
    }
  }

  TEST_CASE("every type has a description, a sample and a line whose fields the sample has") {
    for (const EventType& type : eventTypes()) {
      INFO(std::string(type.type));
      CHECK(type.description.ends_with('.'));
      CHECK(type.description.find('\n') == std::string_view::npos);
      const auto sample = json::parse(type.sample);
      REQUIRE(sample);
      REQUIRE(sample->root().size() > 0);
      std::string_view line = type.line;
      size_t fields = 0;
      for (size_t open = line.find('{'); open != std::string_view::npos; open = line.find('{')) {
        const size_t close = line.find('}', open);
        REQUIRE(close != std::string_view::npos);
        CHECK(sample->root().find(line.substr(open + 1, close - open - 1)));
        line.remove_prefix(close + 1);
        ++fields;
      }
      CHECK(fields > 0);
    }
  }
}
