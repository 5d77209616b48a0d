#include "webhook/dispatcher.h"

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "unit/webhook/support.h"

using namespace penstock;
using namespace penstock::test;
using model::DeliveryStatus;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using store::Tables;

namespace {

// As spec/modelux.md 13.37 gives it.
const std::vector<seconds> kBackoff{seconds(10), seconds(30), minutes(2),
                                    minutes(10), minutes(30), hours(1)};

std::multiset<std::string> idsIn(const std::vector<Hit>& hits) {
  std::multiset<std::string> ids;
  for (const Hit& hit : hits) ids.insert(hit.body.substr(7, 30));  // {"id":"evt_…"
  return ids;
}

}  // namespace

TEST_SUITE("webhook/dispatcher") {
  TEST_CASE("an event arrives as its envelope, signed, and is marked delivered") {
    Receiver receiver;
    Courier f;
    const auto endpoint = f.insert(receiver.url("/hook/a%20b/?token=x&y"));
    const auto event = f.emit();
    REQUIRE(receiver.waitFor(1));
    REQUIRE(f.endedAll());
    const Hit hit = receiver.hits().at(0);
    CHECK(hit.method == "POST");
    CHECK(hit.target == "/hook/a%20b/?token=x&y");
    CHECK(hit.body == event.body);
    CHECK(hit.content_type == "application/json");
    CHECK(hit.event_type == "api_key.revoked");
    CHECK(hit.delivery_id == f.only().id);
    CHECK(isSignedWith(endpoint.secret.reveal(), hit.body, hit.signature));
    CHECK(hit.previous_signature.empty());
    CHECK(f.only().status == DeliveryStatus::Delivered);
    CHECK(f.only().attempts == 1);
    CHECK(f.only().response_status == 200);
    CHECK(f.only().delivered_at == f.clock.now());
    CHECK(receiver.hits().size() == 1);
    CHECK(eventually([&] {  // counted after the commit
      return f.metrics.exposition().find(
                 "penstock_webhook_attempts_total{result=\"delivered\"} 1") != std::string::npos;
    }));
  }

  TEST_CASE(
      "a receiver that is down for an hour gets every event once it is back, each once, "
      "whatever was killed meanwhile") {
    Receiver receiver;
    Courier f;
    const auto endpoint = f.insert(receiver.url());
    std::multiset<std::string> emitted;
    const auto emit = [&] { emitted.insert(f.emit().id); };

    receiver.cut();
    for (int i = 0; i < 3; ++i) emit();
    REQUIRE(f.triedAll(1));
    int64_t attempts = 1;
    for (size_t step = 0; step < 5; ++step) {  // 42 min 40 s of down time
      if (step == 1) f.restart();
      if (step == 2) receiver.answer(503);
      if (step == 3) {  // killed while the receiver thinks
        receiver.hold();
        const size_t before = receiver.hits().size();
        f.advance(kBackoff[step]);
        REQUIRE(receiver.waitFor(before + 1));
        f.restart();
        receiver.cut();
        f.dispatcher->wake();
      } else {
        f.advance(kBackoff[step]);
      }
      REQUIRE(f.triedAll(++attempts));
      // Not before its time.
      for (const auto& one : f.deliveries()) CHECK(one.attempts == attempts);
    }
    CHECK(receiver.accepted().empty());
    f.advance(minutes(17));
    f.restart();
    receiver.answer(204);
    emit();  // goes at once, the others when their time comes
    REQUIRE(eventually([&] { return receiver.accepted().size() == 1; }));
    f.advance(hours(1));
    REQUIRE(f.endedAll());
    f.restart();
    f.advance(hours(4));

    const auto accepted = receiver.accepted();
    CHECK(idsIn(accepted) == emitted);
    for (const Hit& hit : accepted) {
      CHECK(isSignedWith(endpoint.secret.reveal(), hit.body, hit.signature));
    }
    for (const auto& one : f.deliveries()) CHECK(one.status == DeliveryStatus::Delivered);
    std::set<std::string> delivery_ids;  // attempts of one delivery bear one id
    for (const Hit& hit : receiver.hits()) delivery_ids.insert(hit.delivery_id);
    CHECK(delivery_ids.size() == emitted.size());
  }

  TEST_CASE("what is in flight at the end stays pending and is sent again under its id") {
    Receiver receiver;
    Courier f;
    f.insert(receiver.url());
    receiver.hold();
    f.emit();
    REQUIRE(receiver.waitFor(1));
    f.stop();
    f.reopen();
    CHECK(f.only().status == DeliveryStatus::Pending);
    CHECK(f.only().attempts == 0);
    receiver.answer(200);
    f.start();  // looks by itself: nobody wakes it
    REQUIRE(f.endedAll());
    const auto hits = receiver.hits();
    REQUIRE(hits.size() == 2);
    CHECK(hits[0].delivery_id == hits[1].delivery_id);
    CHECK(hits[0].body == hits[1].body);
    CHECK(f.only().attempts == 1);
  }

  TEST_CASE("what nobody woke the dispatcher for is found by itself") {
    Receiver receiver;
    Courier f({.look_every = milliseconds(5)});
    f.insert(receiver.url());
    const auto event =
        webhook::makeEvent({.type = "api_key.revoked", .org_id = f.org_id}, f.clock.now());
    f.store->write([&](Tables& t) { t.webhook_outbox.emit(event); });
    CHECK(receiver.waitFor(1));
  }

  TEST_CASE("after 24 hours a delivery is given up, with a last attempt at their end") {
    Receiver receiver;
    Courier f;
    f.insert(receiver.url("/secret-path"));
    receiver.answer(500);
    const auto event = f.emit();
    REQUIRE(f.triedAll(1));
    std::vector<UnixMillis> waits;
    while (f.only().status == DeliveryStatus::Pending) {
      const auto delivery = f.only();
      const UnixMillis wait = *delivery.next_attempt_at - f.clock.now();
      waits.push_back(wait / 1000);
      f.advance(milliseconds(wait - 1));  // not yet
      CHECK(f.only().attempts == delivery.attempts);
      f.advance(milliseconds(1));
      REQUIRE(f.triedAll(delivery.attempts + 1));
    }
    CHECK(waits == std::vector<UnixMillis>{10, 30, 120, 600, 1800, 3600, 14400, 14400, 14400, 14400,
                                           14400, 86400 - 6160 - 5 * 14400});
    CHECK(f.clock.now() == event.created_at + 24 * 3'600'000);
    CHECK(f.only().status == DeliveryStatus::Failed);
    CHECK(f.only().attempts == 13);
    CHECK(f.logs("webhook_given_up"));
    CHECK(f.logText().find("secret-path") == std::string::npos);
    CHECK(f.logText().find("canary") == std::string::npos);
    CHECK(f.only().error == "status 500");
    CHECK(f.only().response_status == 500);
    CHECK(receiver.hits().size() == 13);
    f.restart();
    f.advance(hours(24));
    receiver.answer(200);
    f.emit();
    REQUIRE(f.endedAll());
    CHECK(receiver.hits().size() == 14);
  }

  TEST_CASE("a rotated secret signs beside the new one for 24 hours") {
    Receiver receiver;
    Courier f;
    const auto endpoint = f.insert(receiver.url());
    f.store->write([&](Tables& t) {
      CHECK(t.webhook_endpoints.rotateSecret(endpoint.id, Secret("whsec_second"), f.clock.now()));
    });
    f.emit();
    REQUIRE(f.endedAll());
    f.clock.advance(hours(24) - milliseconds(3));
    f.emit();
    REQUIRE(receiver.waitFor(2));
    REQUIRE(f.endedAll());
    for (const Hit& hit : receiver.hits()) {
      CHECK(isSignedWith("whsec_second", hit.body, hit.signature));
      CHECK(isSignedWith("whsec_canary0123456789", hit.body, hit.previous_signature));
    }
    f.emit();
    REQUIRE(receiver.waitFor(3));
    const Hit last = receiver.hits().at(2);
    CHECK(isSignedWith("whsec_second", last.body, last.signature));
    CHECK(last.previous_signature.empty());
  }

  TEST_CASE("a receiver that never answers holds up no other, nor itself for long") {
    Receiver slow, quick;
    Courier f({.max_in_flight = 6, .per_endpoint = 4, .attempt_timeout = milliseconds(200)});
    slow.hold();
    const auto held = f.insert(slow.url());
    const auto other = f.insert(quick.url());
    for (int i = 0; i < 20; ++i) f.emit();
    CHECK(quick.waitFor(20));
    CHECK(slow.hits().size() <= 4 + 20);
    CHECK(eventually([&] {
      return f.deliveries({.endpoint_id = other.id, .status = DeliveryStatus::Delivered}).size() ==
             20;
    }));
    REQUIRE(slow.waitFor(5));  // time-outs make place
    CHECK(eventually([&] {
      const auto slow_ones = f.deliveries({.endpoint_id = held.id});
      return std::any_of(slow_ones.begin(), slow_ones.end(), [](const auto& one) {
        return one.error == "total_timeout" || one.error == "first_byte_timeout";
      });
    }));
  }

  TEST_CASE("receivers that fail leave half of the slots to the others, however many they are") {
    std::vector<std::unique_ptr<Receiver>> dead;
    Receiver healthy;
    Courier f({.max_in_flight = 4, .per_endpoint = 2, .attempt_timeout = seconds(30)});
    for (int i = 0; i < 6; ++i) {
      dead.push_back(std::make_unique<Receiver>());
      dead.back()->answer(500);
      f.insert(dead.back()->url());
    }
    f.emit();
    REQUIRE(f.triedAll(1));  // now they are known to fail
    for (auto& receiver : dead) receiver->hold();
    f.advance(seconds(10));
    const auto holding = [&] {
      size_t count = 0;
      for (auto& receiver : dead) count += receiver->hits().size() - 1;
      return count;
    };
    REQUIRE(eventually([&] { return holding() == 2; }));
    f.insert(healthy.url());
    for (int i = 0; i < 5; ++i) f.emit();
    CHECK(healthy.waitFor(5));
    CHECK(holding() == 2);
  }

  TEST_CASE("redirects and other statuses are failures, and where they lead nobody goes") {
    Receiver receiver, elsewhere;
    for (const int status : {301, 302, 307, 308, 400, 404, 410, 429, 503}) {
      INFO(status);
      Courier f;
      f.insert(receiver.url());
      receiver.answer(status, {{"Location", elsewhere.url()}});
      f.emit();
      REQUIRE(f.triedAll(1));
      CHECK(f.only().status == DeliveryStatus::Pending);
      CHECK(f.only().response_status == status);
      CHECK(f.only().error == "status " + std::to_string(status));
    }
    CHECK(elsewhere.hits().empty());
  }

  TEST_CASE("a private address is refused unless the endpoint allows it") {
    Receiver receiver;
    Courier f;
    auto endpoint = f.endpoint(receiver.url("/secret-path"));
    endpoint.allow_private = false;
    f.insert(endpoint);
    f.emit();
    REQUIRE(f.triedAll(1));
    CHECK(f.only().status == DeliveryStatus::Pending);
    CHECK(f.only().error == "egress_refused");
    CHECK_FALSE(f.only().response_status);
    CHECK(receiver.hits().empty());
    endpoint.allow_private = true;
    f.store->write([&](Tables& t) { CHECK(t.webhook_endpoints.update(endpoint)); });
    f.advance(seconds(10));
    REQUIRE(f.endedAll());
    CHECK(receiver.accepted().size() == 1);
    CHECK(f.only().error.empty());
  }

  TEST_CASE("nobody listening, and a URL that cannot be, are failures told by name") {
    uint16_t port = 0;
    {
      RawListener gone;
      port = gone.port();
    }
    Courier f;
    f.insert("http://127.0.0.1:" + std::to_string(port) + "/hook?token=canary");
    f.insert("gopher://127.0.0.1/");
    f.emit();
    REQUIRE(f.triedAll(1));
    std::multiset<std::string> errors;
    for (const auto& one : f.deliveries()) errors.insert(one.error);
    CHECK(errors == std::multiset<std::string>{"connect", "invalid_url"});
  }

  TEST_CASE("a long answer is not read to its end, and its status counts") {
    Courier f;
    RawListener listener;
    f.insert("http://127.0.0.1:" + std::to_string(listener.port()) + "/");
    f.emit();
    RawSocket socket = listener.accept();
    socket.readUntil("backend\"}}");
    socket.send("HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string piece(64 << 10, 'x');
    while (socket.send(piece)) {
    }
    REQUIRE(f.endedAll());
    CHECK(f.only().status == DeliveryStatus::Delivered);
    CHECK(f.only().response_status == 202);
  }

  TEST_CASE("Slack gets its own shape, signed as it is sent") {
    Receiver receiver;
    Courier f;
    auto endpoint = f.endpoint(receiver.url());
    endpoint.format = model::WebhookFormat::Slack;
    f.insert(endpoint);
    f.emit("routing_config.deleted");
    REQUIRE(receiver.waitFor(1));
    const Hit hit = receiver.hits().at(0);
    CHECK(hit.body == R"({"text":"Routing config *@unknown* was deleted."})");
    CHECK(isSignedWith(endpoint.secret.reveal(), hit.body, hit.signature));
  }

  TEST_CASE("an endpoint deleted while a call is under way has its delivery ended") {
    Receiver receiver;
    Courier f;
    const auto endpoint = f.insert(receiver.url());
    receiver.hold();
    f.emit();
    REQUIRE(receiver.waitFor(1));
    f.store->write([&](Tables& t) { CHECK(t.webhook_endpoints.softDelete(endpoint.id, 5)); });
    CHECK(f.only().error == "endpoint_deleted");
    receiver.release();  // it took the event after all
    CHECK(eventually([&] { return f.only().status == DeliveryStatus::Delivered; }));
  }

  TEST_CASE("an endpoint whose secret does not open holds up no other") {
    Receiver receiver;
    Courier f;
    const auto broken = f.insert(receiver.url("/broken"));
    f.insert(receiver.url("/whole"));
    f.stop();
    f.close();
    storage::Database(f.dir / "penstock.db", {})
        .exec("UPDATE webhook_endpoint SET secret = x'00' WHERE id = '" + broken.id + "'");
    f.open();
    f.start();
    f.emit();
    REQUIRE(receiver.waitFor(1));
    CHECK(receiver.hits().at(0).target == "/whole");
  }

  TEST_CASE("nothing is sent twice while the store refuses to note that it was sent") {
    Receiver receiver;
    Courier f({.look_every = milliseconds(1)});
    f.insert(receiver.url());
    storage::Database other(f.dir / "penstock.db", {.wal_autocheckpoint_pages = 0});
    other.exec(
        "CREATE TRIGGER refuse BEFORE UPDATE ON webhook_delivery "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END");
    f.emit();
    REQUIRE(receiver.waitFor(1));
    CHECK(f.logs("webhook_store_failed"));
    f.advance(hours(2));
    other.exec("DROP TRIGGER refuse");
    REQUIRE(f.endedAll());
    CHECK(f.only().status == DeliveryStatus::Delivered);
    CHECK(f.only().attempts == 1);
    CHECK(receiver.hits().size() == 1);
  }

  TEST_CASE("what is old and finished is purged piece by piece") {
    Receiver receiver;
    Courier f({.retention = hours(48), .purge_batch = 2});
    f.insert(receiver.url());
    for (int i = 0; i < 5; ++i) f.emit();
    REQUIRE(f.endedAll());
    f.advance(hours(47));
    f.emit();
    REQUIRE(receiver.waitFor(6));
    CHECK(f.deliveries().size() == 6);
    f.advance(hours(1));
    CHECK(eventually([&] {
      f.dispatcher->wake();
      return f.deliveries().size() == 1;
    }));
  }

  TEST_CASE("once it is closed nothing more is sent, whoever wakes it") {
    Receiver receiver;
    Courier f;
    f.insert(receiver.url());
    f.dispatcher->close();
    f.emit();
    f.dispatcher->close();
    CHECK(f.only().status == DeliveryStatus::Pending);
    CHECK(f.only().attempts == 0);
  }

  TEST_CASE("it ends cleanly with calls under way, with and without a running loop") {
    Receiver receiver;
    receiver.hold();
    Courier f;
    f.insert(receiver.url());
    for (int i = 0; i < 8; ++i) f.emit();
    REQUIRE(receiver.waitFor(4));
    f.dispatcher.reset();
    CHECK(f.deliveries({.status = DeliveryStatus::Pending}).size() == 8);
    f.stop();

    http::Loop still;
    http::Resolver resolver;
    http::Client client(still, resolver, nullptr);
    webhook::Dispatcher dispatcher({*f.store, still, client, f.clock, f.log, f.metrics});
    dispatcher.wake();
  }
}
