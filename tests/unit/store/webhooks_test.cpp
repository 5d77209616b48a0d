#include "store/webhooks.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "storage/database.h"
#include "support/store_fixture.h"

using namespace penstock;
using model::DeliveryStatus;
using std::chrono::hours;
using std::chrono::milliseconds;
using store::Tables;

namespace {

struct Fixture : test::StoreFixture {
  Fixture() { bootstrap(); }

  model::WebhookEndpoint endpoint(std::vector<std::string> event_types = {}) {
    clock.advance(milliseconds(1));  // ids of one millisecond are in no order
    model::WebhookEndpoint endpoint;
    endpoint.id = newId("whe_", clock.now());
    endpoint.organization_id = store->read([](Tables& t) { return t.organizations.first()->id; });
    endpoint.url = "https://hooks.example.com/x";
    endpoint.event_types = std::move(event_types);
    endpoint.secret = Secret("whsec_canary");
    endpoint.created_at = endpoint.updated_at = clock.now();
    return endpoint;
  }
  model::WebhookEndpoint insert(std::vector<std::string> event_types = {}) {
    auto made = endpoint(std::move(event_types));
    store->write([&](Tables& t) { t.webhook_endpoints.insert(made); });
    return made;
  }
  model::WebhookEvent event(std::string type = "api_key.revoked") {
    clock.advance(milliseconds(1));
    const std::string id = newId("evt_", clock.now());
    return {id, std::move(type), "proj_1", clock.now(), R"({"id":")" + id + "\"}"};
  }
  int64_t emit(const model::WebhookEvent& event) {
    return store->write([&](Tables& t) { return t.webhook_outbox.emit(event); });
  }
  std::vector<model::WebhookDelivery> list(const store::DeliveryFilter& filter = {},
                                           const store::PageRequest& page = {}) {
    return store->read([&](Tables& t) { return t.webhook_outbox.list(filter, page).items; });
  }
  void record(const store::DeliveryOutcome& outcome) {
    store->write([&](Tables& t) { t.webhook_outbox.recordOutcome(outcome); });
  }
  void deliver(const std::string& id) {
    record({id, DeliveryStatus::Delivered, {}, clock.now(), 200, ""});
  }
  // The plan of a query, as SQLite tells it.
  std::string plan(const std::string& sql) {
    storage::Database db(dir / "penstock.db", {.access = storage::Access::ReadOnly});
    storage::Statement explain(db, "EXPLAIN QUERY PLAN ", sql);
    std::string text;
    storage::Rows rows = explain.rows();
    while (rows.next()) text += rows.string(3) + "\n";
    return text;
  }
};

}  // namespace

TEST_SUITE("store/webhooks") {
  TEST_CASE("an endpoint comes back as it was stored, its secrets opened and sealed on disk") {
    Fixture f;
    auto endpoint = f.endpoint({"api_key.revoked", "budget.exceeded"});
    endpoint.description = "Pager";
    endpoint.format = model::WebhookFormat::Slack;
    endpoint.allow_private = true;
    endpoint.previous_secret = Secret("whsec_before");
    endpoint.previous_expires_at = f.clock.now() + 5;
    f.store->write([&](Tables& t) { t.webhook_endpoints.insert(endpoint); });
    CHECK(f.store->read([&](Tables& t) { return t.webhook_endpoints.find(endpoint.id); }) ==
          endpoint);
    CHECK_FALSE(f.isOnDisk("whsec_canary"));
    CHECK_FALSE(f.isOnDisk("whsec_before"));
    endpoint.url = "https://other.example.com/";
    endpoint.event_types = {};
    endpoint.description = "";
    endpoint.format = model::WebhookFormat::Json;
    endpoint.allow_private = false;
    endpoint.updated_at += 7;
    f.store->write([&](Tables& t) { CHECK(t.webhook_endpoints.update(endpoint)); });
    CHECK(f.store->read([&](Tables& t) { return t.webhook_endpoints.all(); }) ==
          std::vector{endpoint});
    endpoint.id = "whe_unknown";
    f.store->write([&](Tables& t) {
      CHECK(t.webhook_endpoints.update(endpoint).error().kind == ErrorKind::NotFound);
    });
  }

  TEST_CASE("a secret moved to another endpoint does not open") {
    Fixture f;
    const auto first = f.insert();
    const auto second = f.insert();
    f.close();
    storage::Database(f.dir / "penstock.db", {})
        .exec(
            "UPDATE webhook_endpoint SET secret = (SELECT secret FROM webhook_endpoint "
            "WHERE id = '" +
            first.id + "')");
    f.open();
    CHECK(f.store->read([&](Tables& t) { return t.webhook_endpoints.find(first.id); }));
    CHECK_THROWS_AS(f.store->read([&](Tables& t) { return t.webhook_endpoints.find(second.id); }),
                    std::runtime_error);
  }

  TEST_CASE("rotation keeps the old secret for a day, and then it is wiped") {
    Fixture f;
    const auto endpoint = f.insert();
    const auto rotate = [&](const char* fresh) {
      return f.store->write([&](Tables& t) {
        return t.webhook_endpoints.rotateSecret(endpoint.id, Secret(fresh), f.clock.now());
      });
    };
    const auto find = [&] {
      return f.store->read([&](Tables& t) { return t.webhook_endpoints.find(endpoint.id); })
          .value();
    };
    const auto rotated = rotate("whsec_second").value();
    CHECK(rotated == find());
    CHECK(rotated.secret == Secret("whsec_second"));
    CHECK(rotated.previous_secret == endpoint.secret);
    CHECK(rotated.previous_expires_at == f.clock.now() + 24 * 3'600'000);
    CHECK(rotate("whsec_third").value().previous_secret == Secret("whsec_second"));
    f.clock.advance(hours(24));
    f.store->write([&](Tables& t) {
      CHECK(t.webhook_endpoints.dropExpiredSecrets(f.clock.now() - 1) == 0);
      CHECK(t.webhook_endpoints.dropExpiredSecrets(f.clock.now()) == 1);
    });
    CHECK(find().previous_secret.empty());
    CHECK_FALSE(find().previous_expires_at);
    CHECK(f.store
              ->write([&](Tables& t) {
                return t.webhook_endpoints.rotateSecret("whe_unknown", Secret("x"), 1);
              })
              .error()
              .kind == ErrorKind::NotFound);
  }

  TEST_CASE("an event goes to the active endpoints that subscribe, and is stored for them only") {
    Fixture f;
    const auto all = f.insert();
    const auto some = f.insert({"budget.exceeded", "api_key.revoked"});
    const auto other = f.insert({"budget.exceeded"});
    auto inactive = f.endpoint();
    inactive.active = false;
    f.store->write([&](Tables& t) { t.webhook_endpoints.insert(inactive); });
    const auto event = f.event("api_key.revoked");
    CHECK(f.emit(event) == 2);
    CHECK(f.store->read([&](Tables& t) { return t.webhook_outbox.findEvent(event.id); }) == event);
    const auto deliveries = f.list();
    REQUIRE(deliveries.size() == 2);
    for (const auto& delivery : deliveries) {
      CHECK((delivery.endpoint_id == all.id || delivery.endpoint_id == some.id));
      CHECK(delivery.event_id == event.id);
      CHECK(delivery.event_type == "api_key.revoked");
      CHECK(delivery.status == DeliveryStatus::Pending);
      CHECK(delivery.attempts == 0);
      CHECK(delivery.next_attempt_at == event.created_at);
      CHECK(delivery.give_up_at == event.created_at + 24 * 3'600'000);
      CHECK(f.store->read([&](Tables& t) { return t.webhook_outbox.find(delivery.id); }) ==
            delivery);
    }
    f.store->write([&](Tables& t) {
      CHECK(t.webhook_endpoints.softDelete(all.id, 5));
      CHECK_FALSE(t.webhook_endpoints.softDelete(all.id, 5));
      CHECK(t.webhook_endpoints.softDelete(some.id, 5));
    });
    const auto unheard = f.event("api_key.revoked");
    CHECK(f.emit(unheard) == 0);
    CHECK_FALSE(f.store->read([&](Tables& t) { return t.webhook_outbox.findEvent(unheard.id); }));
    CHECK(f.emit(f.event("budget.exceeded")) == 1);
  }

  TEST_CASE("what undoes the change undoes its event") {
    Fixture f;
    f.insert();
    const auto event = f.event();
    const Status refused = f.store->write([&](Tables& t) -> Status {
      t.webhook_outbox.emit(event);
      return internalError("no");
    });
    CHECK_FALSE(refused);
    CHECK(f.list().empty());
    CHECK_FALSE(f.store->read([&](Tables& t) { return t.webhook_outbox.findEvent(event.id); }));
  }

  TEST_CASE("a test goes to its endpoint whatever that subscribes to, a replay is a new delivery") {
    Fixture f;
    auto endpoint = f.insert({"budget.exceeded"});
    f.insert();
    const auto event = f.event("api_key.revoked");
    const auto sent =
        f.store->write([&](Tables& t) { return t.webhook_outbox.emitTo(endpoint.id, event); });
    REQUIRE(sent);
    CHECK(f.list() == std::vector{*sent});
    f.deliver(sent->id);
    f.clock.advance(hours(48));
    const auto replay = [&](const std::string& id) {
      return f.store->write([&](Tables& t) { return t.webhook_outbox.replay(id, f.clock.now()); });
    };
    const auto again = replay(sent->id);
    REQUIRE(again);
    CHECK(again->id != sent->id);
    CHECK(again->event_id == event.id);
    CHECK(again->endpoint_id == endpoint.id);
    CHECK(again->next_attempt_at == f.clock.now());
    CHECK(again->give_up_at == f.clock.now() + 24 * 3'600'000);
    CHECK(f.list().size() == 2);
    CHECK(replay("whd_unknown").error().code == "webhook_delivery_not_found");

    endpoint.active = false;
    f.store->write([&](Tables& t) { CHECK(t.webhook_endpoints.update(endpoint)); });
    CHECK(replay(sent->id).error().code == "endpoint_inactive");
    f.store->write([&](Tables& t) {
      CHECK(t.webhook_outbox.emitTo(endpoint.id, f.event()).error().code == "endpoint_inactive");
      CHECK(t.webhook_endpoints.softDelete(endpoint.id, 5));
    });
    CHECK(replay(sent->id).error().code == "webhook_endpoint_not_found");
  }

  TEST_CASE("deliveries are listed newest first, by what is asked for, page by page") {
    Fixture f;
    const auto first = f.insert();
    const auto second = f.insert({"budget.exceeded"});
    for (int i = 0; i < 5; ++i) f.emit(f.event("api_key.revoked"));
    for (int i = 0; i < 3; ++i) f.emit(f.event("budget.exceeded"));
    const auto all = f.list();
    CHECK(all.size() == 11);
    for (size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].id > all[i].id);
    CHECK(f.list({.endpoint_id = first.id}).size() == 8);
    CHECK(f.list({.endpoint_id = second.id}).size() == 3);
    CHECK(f.list({.event_type = "api_key.revoked"}).size() == 5);
    f.deliver(all[0].id);
    CHECK(f.list({.status = DeliveryStatus::Delivered}).size() == 1);
    CHECK(f.list({.status = DeliveryStatus::Pending}).size() == 10);
    CHECK(f.list({all[0].endpoint_id, DeliveryStatus::Delivered, "budget.exceeded"}).size() == 1);
    CHECK(f.list({all[0].endpoint_id, DeliveryStatus::Failed, "budget.exceeded"}).empty());

    std::vector<model::WebhookDelivery> paged;
    store::PageRequest page{.after = "", .limit = 4};
    for (bool more = true; more;) {
      auto part = f.store->read([&](Tables& t) { return t.webhook_outbox.list({}, page); });
      more = part.has_more;
      paged.insert(paged.end(), part.items.begin(), part.items.end());
      page.after = paged.back().id;
    }
    CHECK(paged.size() == all.size());
    for (size_t i = 0; i < paged.size(); ++i) CHECK(paged[i].id == all[i].id);
  }

  TEST_CASE("no question about deliveries reads them all") {
    Fixture f;
    f.insert();
    for (const char* condition : {"endpoint_id = 'x'", "status = 'failed'", "event_type = 'x'"}) {
      const std::string plan = f.plan("SELECT * FROM webhook_delivery d WHERE d.id < 'x' AND d." +
                                      std::string(condition) + " ORDER BY d.id DESC LIMIT 51");
      INFO(plan);
      CHECK(plan.find("USING INDEX webhook_delivery_") != std::string::npos);
      CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    }
    const std::string due = f.plan(
        "SELECT d.id FROM webhook_delivery d JOIN webhook_event e ON e.id = d.event_id "
        "WHERE d.endpoint_id = ? AND d.status = 'pending' AND d.next_attempt_at <= ? "
        "ORDER BY d.next_attempt_at, d.id LIMIT ?");
    INFO(due);
    CHECK(due.find("webhook_delivery_due (endpoint_id=? AND next_attempt_at<?)") !=
          std::string::npos);
    CHECK(due.find("TEMP B-TREE") == std::string::npos);
  }

  TEST_CASE("what is due is told by endpoint, longest due first") {
    Fixture f;
    const auto busy = f.insert({"api_key.revoked"});
    const auto quiet = f.insert({"budget.exceeded"});
    const auto first = f.event("api_key.revoked");
    f.emit(first);
    for (int i = 0; i < 3; ++i) f.emit(f.event("api_key.revoked"));
    f.emit(f.event("budget.exceeded"));
    f.store->read([&](Tables& t) {
      auto& outbox = t.webhook_outbox;
      CHECK(outbox.dueEndpoints(f.clock.now()) == std::vector{busy.id, quiet.id});
      CHECK(outbox.dueEndpoints(first.created_at) == std::vector{busy.id});
      CHECK(outbox.dueEndpoints(first.created_at - 1).empty());
      const auto due = outbox.due(busy.id, f.clock.now(), 3);
      REQUIRE(due.size() == 3);
      CHECK(due[0].delivery.event_id == first.id);
      CHECK(due[0].body == first.body);
      CHECK(outbox.due(busy.id, first.created_at, 3).size() == 1);
    });
    const std::string oldest = f.list({.endpoint_id = busy.id}).back().id;
    f.record({oldest, DeliveryStatus::Pending, f.clock.now() + 10'000, f.clock.now(), 500,
              "status 500"});
    f.store->read([&](Tables& t) {
      CHECK(t.webhook_outbox.due(busy.id, f.clock.now(), 9).size() == 3);
      CHECK(t.webhook_outbox.due(busy.id, f.clock.now() + 10'000, 9).size() == 4);
    });
  }

  TEST_CASE(
      "an outcome is counted and told; one that comes after the end changes nothing but a "
      "success") {
    Fixture f;
    auto endpoint = f.insert();
    f.emit(f.event());
    f.emit(f.event());
    const std::string late_failure = f.list()[0].id, late_success = f.list()[1].id;
    const auto find = [&](const std::string& id) {
      return f.store->read([&](Tables& t) { return t.webhook_outbox.find(id); }).value();
    };
    f.record({late_failure, DeliveryStatus::Pending, 99, 50, {}, "connect_timeout"});
    auto delivery = find(late_failure);
    CHECK(delivery.attempts == 1);
    CHECK(delivery.next_attempt_at == 99);
    CHECK(delivery.last_attempt_at == 50);
    CHECK_FALSE(delivery.response_status);
    CHECK(delivery.error == "connect_timeout");

    endpoint.active = false;
    f.store->write([&](Tables& t) { CHECK(t.webhook_endpoints.update(endpoint)); });
    delivery = find(late_failure);
    CHECK(delivery.status == DeliveryStatus::Failed);
    CHECK(delivery.error == "endpoint_inactive");
    CHECK_FALSE(delivery.next_attempt_at);
    f.record({late_failure, DeliveryStatus::Pending, 120, 100, 500, "status 500"});
    CHECK(find(late_failure) == delivery);
    f.record({late_success, DeliveryStatus::Delivered, {}, 100, 204, ""});
    delivery = find(late_success);
    CHECK(delivery.status == DeliveryStatus::Delivered);
    CHECK(delivery.delivered_at == 100);
    CHECK(delivery.error.empty());
  }

  TEST_CASE("deleting an endpoint ends what is pending there, and wipes its secret") {
    Fixture f;
    const auto endpoint = f.insert();
    const auto other = f.insert();
    f.emit(f.event());
    f.store->write([&](Tables& t) { CHECK(t.webhook_endpoints.softDelete(endpoint.id, 5)); });
    CHECK(f.list({.endpoint_id = endpoint.id}).at(0).error == "endpoint_deleted");
    CHECK(f.list({.endpoint_id = endpoint.id}).at(0).status == DeliveryStatus::Failed);
    CHECK(f.list({.endpoint_id = other.id}).at(0).status == DeliveryStatus::Pending);
    f.store->read([&](Tables& t) {
      CHECK_FALSE(t.webhook_endpoints.find(endpoint.id));
      CHECK(t.webhook_endpoints.list({}).items == std::vector{other});
      CHECK(t.webhook_outbox.dueEndpoints(f.clock.now()) == std::vector{other.id});
    });
    f.close();
    storage::Database db(f.dir / "penstock.db", {});
    storage::Statement kept(
        db,
        "SELECT count(*) FROM webhook_endpoint WHERE deleted_at IS NOT NULL AND "
        "(secret IS NOT NULL OR previous_secret IS NOT NULL)");
    CHECK(kept.integer(-1) == 0);
  }

  TEST_CASE("purging takes a bounded piece of what is finished and old, and leaves the rest") {
    Fixture f;
    f.insert();
    for (int i = 0; i < 7; ++i) f.emit(f.event());
    for (const auto& delivery : f.list()) f.deliver(delivery.id);
    f.emit(f.event());  // old, but pending
    const std::string pending = f.list()[0].id;
    f.clock.advance(hours(1));
    const UnixMillis before = f.clock.now();
    const auto young = f.event();
    f.emit(young);
    f.deliver(f.list()[0].id);
    const auto purge = [&] {
      return f.store->write([&](Tables& t) { return t.webhook_outbox.purge(before, 4); });
    };
    auto purged = purge();
    CHECK(purged.deliveries == 4);
    CHECK(purged.events == 4);
    CHECK(purged.more);
    purged = purge();
    CHECK(purged.deliveries == 3);
    CHECK(purged.events == 3);
    CHECK_FALSE(purged.more);
    CHECK(f.list().size() == 2);
    CHECK(f.list()[0].event_id == young.id);
    CHECK(f.list()[1].id == pending);
  }

  TEST_CASE("an event stays as long as a delivery of it") {
    Fixture f;
    f.insert();
    const auto event = f.event();
    f.emit(event);
    const std::string first = f.list()[0].id;
    f.deliver(first);
    f.clock.advance(hours(1));
    const UnixMillis before = f.clock.now();
    f.store->write([&](Tables& t) { CHECK(t.webhook_outbox.replay(first, before)); });
    f.store->write([&](Tables& t) {
      CHECK(t.webhook_outbox.purge(before, 10).deliveries == 1);
      CHECK(t.webhook_outbox.findEvent(event.id));
    });
  }
}
