#include "alert/budget_alerts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "json/document.h"
#include "support/store_fixture.h"

using namespace penstock;
using budget::AlertKind;
using store::Tables;

namespace {

struct Fixture : test::StoreFixture {
  Fixture() {
    bootstrap();
    project = firstProject();
    budget.id = newId("bud_", clock.now());
    budget.organization_id = project.organization_id;
    budget.project_id = budget.value = project.id;
    budget.name = "Team";
    budget.scope = model::BudgetScope::Project;
    budget.cap = 100'000'000'000;
    store->write([&](Tables& t) { std::ignore = t.budgets.insert(budget); });
  }

  std::string endpoint(std::vector<std::string> types = {}) {
    model::WebhookEndpoint made;
    clock.advance(std::chrono::milliseconds(1));
    made.id = newId("whe_", clock.now());
    made.organization_id = project.organization_id;
    made.url = "https://hooks.example.com/x";
    made.event_types = std::move(types);
    store->write([&](Tables& t) { t.webhook_endpoints.insert(made); });
    return made.id;
  }
  void wish(int pct, std::vector<model::AlertChannel> channels) {
    clock.advance(std::chrono::milliseconds(1));
    store->write([&](Tables& t) {
      t.budget_alerts.insert(
          {newId("balt_", clock.now()), budget.id, pct, std::move(channels), clock.now()});
    });
  }
  void tell(AlertKind kind, int64_t pct, int64_t settled, const model::Budget* of = nullptr) {
    alert::BudgetAlerts alerts(clock, {[&] { ++woken; }, {}});
    budget::Alert alert{kind, of == nullptr ? budget : *of, {}, pct};
    alert.bucket.account_id = alert.budget.id;
    alert.bucket.period_start = 1'777'593'600'000;
    alert.bucket.period_end = 1'780'272'000'000;
    alert.bucket.settled = settled;
    alert.bucket.leased = settled + 5;
    store->write([&](Tables& t) { alerts.tell(t, alert); });
    alerts.told();
  }
  std::vector<model::WebhookDelivery> deliveries() {
    return store->read([](Tables& t) { return t.webhook_outbox.list({}, {}).items; });
  }
  std::string envelope(const model::WebhookDelivery& delivery) {
    return store->read(
        [&](Tables& t) { return t.webhook_outbox.findEvent(delivery.event_id)->body; });
  }
  std::vector<model::BudgetEvent> events(const std::string& account) {
    return store->read([&](Tables& t) { return t.budget_events.list(account, {}).items; });
  }
  std::vector<model::Email> mails() {
    return store->read([&](Tables& t) { return t.email_outbox.due(clock.now(), 100); });
  }

  model::Project project;
  model::Budget budget;
  int woken = 0;
};

}  // namespace

TEST_SUITE("alert/budget_alerts") {
  TEST_CASE_FIXTURE(Fixture, "the soft cap is an event for those who subscribe, and a row") {
    endpoint({"budget.threshold_reached"});
    endpoint({"api_key.revoked"});
    tell(AlertKind::Threshold, 80, 80'500'000'000);
    REQUIRE(deliveries().size() == 1);
    const auto sent = json::parse(envelope(deliveries()[0]));
    REQUIRE(sent);
    CHECK(sent->root().stringAt("type") == "budget.threshold_reached");
    CHECK(sent->root().stringAt("project_id") == project.id);
    const auto data = sent->root().find("data").value();
    CHECK(
        data.text() ==
        R"({"budget_id":")" + budget.id + R"(","budget_name":"Team","budget":{"id":")" + budget.id +
            R"(","name":"Team","scope":"project","period":"monthly","unit":"usd","action":"block"},)"
            R"("period":"monthly","action":"block","value":null,"threshold_pct":80,)"
            R"("spend_usd":80.5,"cap_usd":100,"spend":80.5,"cap":100,"usage":"$80.50 of $100.00",)"
            R"("summary":"Budget Team has passed 80 % of its monthly cap",)"
            R"("period_start":"2026-05-01T00:00:00Z","period_resets_at":"2026-06-01T00:00:00Z"})");
    REQUIRE(events(budget.id).size() == 1);
    CHECK(events(budget.id)[0].type == "threshold_reached");
    CHECK(events(budget.id)[0].threshold_pct == 80);
    CHECK(events(budget.id)[0].spent == 80'500'000'000);
    CHECK(woken == 1);
    CHECK(mails().empty());
  }

  TEST_CASE_FIXTURE(Fixture, "another threshold speaks through its alerts' channels only") {
    const std::string subscriber = endpoint();
    const std::string target = endpoint({"api_key.revoked"});
    wish(50, {{"webhook", target}, {"email", "ada@example.com"}, {"dashboard", ""}});
    wish(50, {{"email", "ada@example.com"}, {"email", "bob@example.com"}});
    wish(60, {{"email", "eve@example.com"}});
    tell(AlertKind::Threshold, 50, 50'000'000'000);
    REQUIRE(deliveries().size() == 1);
    CHECK(deliveries()[0].endpoint_id == target);
    REQUIRE(mails().size() == 2);
    CHECK(mails()[0].subject == "Budget Team has passed 50 % of its monthly cap");
    CHECK(mails()[0].body.find("Used: $50.00 of $100.00\n") != std::string::npos);
  }

  TEST_CASE_FIXTURE(Fixture,
                    "an endpoint that subscribes is not told twice, one that is gone never") {
    const std::string subscriber = endpoint();
    wish(100, {{"webhook", subscriber}, {"webhook", "whe_gone"}, {"webhook", ""}});
    tell(AlertKind::Exceeded, 100, 100'000'000'000);
    REQUIRE(deliveries().size() == 1);
    CHECK(deliveries()[0].event_type == "budget.exceeded");
  }

  TEST_CASE_FIXTURE(Fixture,
                    "small amounts are not rounded to nothing, and counts have their unit once") {
    struct Case {
      model::BudgetUnit unit;
      int64_t used, cap;
      const char* says;
    };
    wish(50, {{"email", "ada@example.com"}});
    using enum model::BudgetUnit;
    for (const Case& c :
         {Case{Usd, 6'000'000, 10'000'000, "$0.006 of $0.01"},
          Case{Usd, 2'000, 4'000, "$0.000002 of $0.000004"},
          Case{Requests, 1, 2, "1 of 2 requests"}, Case{Requests, 1, 1, "1 of 1 request"},
          Case{Tokens, 600, 1200, "600 of 1200 tokens"},
          Case{Concurrency, 2, 4, "2 of 4 requests at once"}}) {
      budget.unit = c.unit;
      budget.cap = c.cap;
      tell(AlertKind::Threshold, 50, c.used);
      const std::string line = "Used: " + std::string(c.says) + "\n";
      const auto sent = mails();
      const bool told = std::ranges::any_of(
          sent, [&](const auto& mail) { return mail.body.find(line) != std::string::npos; });
      CHECK_MESSAGE(told, sent.back().body);
    }
  }

  TEST_CASE_FIXTURE(Fixture,
                    "a refusal is told to those who want to know of the cap, in true words") {
    endpoint({"budget.exceeded"});
    wish(100, {{"email", "ada@example.com"}});
    wish(80, {{"email", "bob@example.com"}});
    tell(AlertKind::Refused, 0, 81'000'000'000);
    REQUIRE(deliveries().size() == 1);
    CHECK(deliveries()[0].event_type == "budget.exceeded");
    const auto sent = json::parse(envelope(deliveries()[0]));
    REQUIRE(sent);
    const auto data = sent->root().find("data").value();
    CHECK(data.find("threshold_pct")->isNull());
    CHECK(data.stringAt("summary") ==
          "Budget Team had too little left of its monthly cap for a request");
    REQUIRE(mails().size() == 1);
    CHECK(mails()[0].subject == "Budget Team had too little left of its monthly cap for a request");
    CHECK(mails()[0].body.find("Used: $81.00 of $100.00\n") != std::string::npos);
    CHECK(mails()[0].body.find("has reached") == std::string::npos);
    REQUIRE(events(budget.id).size() == 1);
    CHECK(events(budget.id)[0].type == "exceeded");
    CHECK_FALSE(events(budget.id)[0].threshold_pct);
  }

  TEST_CASE_FIXTURE(Fixture, "what was recovered is a row only, with what counts now") {
    endpoint();
    tell(AlertKind::Recovered, 0, 7);
    CHECK(deliveries().empty());
    REQUIRE(events(budget.id).size() == 1);
    CHECK(events(budget.id)[0].type == "recovered");
    CHECK(events(budget.id)[0].spent == 12);
    CHECK(events(budget.id)[0].cap == 100'000'000'000);
    CHECK_FALSE(events(budget.id)[0].threshold_pct);
  }

  TEST_CASE_FIXTURE(Fixture, "a balance is told to be low once, until it is armed again") {
    endpoint({"balance.low"});
    model::Balance balance;
    balance.id = newId("bal_", clock.now());
    balance.organization_id = project.organization_id;
    balance.project_id = project.id;
    balance.low_threshold = {10'000'000'000};
    store->write([&](Tables& t) {
      std::ignore = t.balances.insert(balance);
      std::ignore =
          t.balances.add({newId("bent_", 1), balance.id, "top_up", {50'000'000'000}, "", "", 1});
    });
    model::Budget of;
    of.id = balance.id;
    of.cap = 50'000'000'000;
    of.origin = model::BudgetOrigin::Balance;
    tell(AlertKind::Low, 0, 30'000'000'000, &of);  // topped up meanwhile: not low
    CHECK(deliveries().empty());
    tell(AlertKind::Low, 0, 45'000'000'000, &of);
    tell(AlertKind::Low, 0, 46'000'000'000, &of);
    REQUIRE(deliveries().size() == 1);
    const auto sent = json::parse(envelope(deliveries()[0]));
    CHECK(sent->root().find("data")->find("remaining_usd")->text() == "5");
    CHECK(store->read([&](Tables& t) { return t.balances.find(balance.id)->alerted; }));
    CHECK(events(balance.id).size() == 1);
    // A daily cap that is reached belongs to the balance.
    of.id += ":daily";
    of.origin = model::BudgetOrigin::DailySpending;
    tell(AlertKind::Exceeded, 100, 1, &of);
    CHECK(deliveries().size() == 1);
    CHECK(events(balance.id).size() == 2);
  }
}
