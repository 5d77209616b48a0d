#include "webhook/slack.h"

#include <string>

#include <doctest/doctest.h>

#include "json/document.h"
#include "webhook/envelope.h"
#include "webhook/event_types.h"

using namespace penstock;
using namespace penstock::webhook;

namespace {

std::string textOf(const model::WebhookEvent& event) {
  const auto body = json::parse(slackBody(event.body));
  REQUIRE(body);
  CHECK(body->root().size() == 1);
  return std::string(body->root().stringAt("text").value_or("none"));
}

std::string textOf(std::string_view type, std::string_view data) {
  return textOf(makeEvent({.type = type, .org_id = "org_1", .data = data}, 1));
}

}  // namespace

TEST_SUITE("webhook/slack") {
  TEST_CASE("Slack's addresses are known by their host") {
    for (const char* url :
         {"https://hooks.slack.com/services/T0/B0/x", "https://HOOKS.slack.com/workflows/x",
          "https://hooks.slack.com", "https://acme.slack.com/x", "http://hooks.slack.com:443/?a"}) {
      INFO(url);
      CHECK(isSlackUrl(url));
      CHECK(formatOf(url) == model::WebhookFormat::Slack);
    }
    for (const char* url :
         {"https://hooks.slack.com.evil.example/x", "https://evilslack.com/x",
          "https://example.com/hooks.slack.com", "https://example.com/?u=https://hooks.slack.com/",
          "https://hooks.slack.com@example.com/", "slack", ""}) {
      INFO(url);
      CHECK_FALSE(isSlackUrl(url));
      CHECK(formatOf(url) == model::WebhookFormat::Json);
    }
  }

  TEST_CASE("every type has a line to read, without a hole in it") {
    for (const EventType& type : eventTypes()) {
      const std::string text = textOf(makeTestEvent(type.type, "org_1", 1));
      INFO(text);
      CHECK(text.starts_with("[test] "));
      CHECK(text.find("unknown") == std::string::npos);
      CHECK(text.find('{') == std::string::npos);
      CHECK(text.find('\n') == std::string::npos);
    }
    CHECK(textOf("budget.threshold_reached",
                 R"({"budget_name":"Team","threshold_pct":80,"period":"monthly",)"
                 R"("usage":"$80.50 of $100.00"})") ==
          "Budget *Team* has passed 80 % of its monthly cap: $80.50 of $100.00.");
  }

  TEST_CASE("names cannot make markup, links or mentions") {
    CHECK(textOf("routing_config.deleted", R"({"slug":"<!channel> & <http://x|y> {name}"})") ==
          "Routing config *@&lt;!channel&gt; &amp; &lt;http://x|y&gt; {name}* was deleted.");
  }

  TEST_CASE("what is missing or unforeseen still makes a line") {
    CHECK(textOf("routing_config.deleted", R"({"slug":null})") ==
          "Routing config *@unknown* was deleted.");
    CHECK(textOf("routing_config.deleted", R"({"slug":["<"]})") ==
          "Routing config *@[\"&lt;\"]* was deleted.");
    CHECK(textOf("some.other", "{}") == "some.other");
    CHECK(slackBody("no json") == R"({"text":"event"})");
  }
}
