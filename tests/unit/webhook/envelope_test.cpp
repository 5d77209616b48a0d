#include "webhook/envelope.h"

#include <string>

#include <doctest/doctest.h>

#include "json/document.h"
#include "webhook/event_types.h"

using namespace penstock;
using namespace penstock::webhook;

TEST_SUITE("webhook/envelope") {
  TEST_CASE("the envelope says what, when, whose, and has the data as it was given") {
    const auto event = makeEvent({.type = "api_key.revoked",
                                  .org_id = "org_1",
                                  .project_id = "proj_1",
                                  .data = R"({"name":"a \"b\""})"},
                                 1'777'593'600'000);
    CHECK(event.id.starts_with("evt_"));
    CHECK(event.type == "api_key.revoked");
    CHECK(event.project_id == "proj_1");
    CHECK(event.created_at == 1'777'593'600'000);
    CHECK(event.body == "{\"id\":\"" + event.id +
                            R"(","type":"api_key.revoked","created_at":"2026-05-01T00:00:00Z",)"
                            R"("org_id":"org_1","project_id":"proj_1","data":{"name":"a \"b\""}})");
    const auto other = makeEvent({.type = "budget.exceeded", .org_id = "org_1"}, 1'777'593'600'000);
    CHECK(other.id != event.id);
    CHECK(other.body.ends_with(R"("project_id":null,"data":{}})"));
  }

  TEST_CASE("a test event of every type says that it is one and holds the sample") {
    for (const EventType& type : eventTypes()) {
      INFO(std::string(type.type));
      const auto event = makeTestEvent(type.type, "org_1", 5);
      CHECK(event.type == type.type);
      const auto envelope = json::parse(event.body);
      REQUIRE(envelope);
      const auto data = envelope->root().find("data");
      REQUIRE(data);
      CHECK(data->find("test")->asBool() == true);
      const auto sample = json::parse(type.sample);
      for (const auto [key, value] : sample->root().members()) {
        REQUIRE(data->find(key));
        CHECK(data->find(key)->text() == value.text());
      }
    }
  }
}
