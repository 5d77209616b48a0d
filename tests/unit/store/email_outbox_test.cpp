#include "store/email_outbox.h"

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using model::EmailStatus;
using store::Tables;

TEST_SUITE("store/email_outbox") {
  TEST_CASE_FIXTURE(test::StoreFixture, "a mail is due until it is sent, failed or tried later") {
    const auto add = [&] {
      clock.advance(std::chrono::milliseconds(1));
      return store->write(
          [&](Tables& t) { return t.email_outbox.add("a@b.example", "s", "b\n", clock.now()); });
    };
    const auto due = [&] {
      return store->read([&](Tables& t) { return t.email_outbox.due(clock.now(), 10); });
    };
    const auto record = [&](const store::EmailOutcome& outcome) {
      store->write([&](Tables& t) { t.email_outbox.recordOutcome(outcome); });
    };
    const auto sent = add();
    const auto later = add();
    const auto failed = add();
    REQUIRE(due().size() == 3);
    CHECK(due()[0] == sent);
    const UnixMillis now = clock.now();
    record({sent.id, EmailStatus::Sent, {}, now, ""});
    record({later.id, EmailStatus::Pending, now + 1000, now, "451"});
    record({failed.id, EmailStatus::Failed, {}, now, "550"});
    CHECK(due().empty());
    clock.advance(std::chrono::seconds(1));
    REQUIRE(due().size() == 1);
    CHECK(due()[0].attempts == 1);
    CHECK(due()[0].error == "451");
    const auto found = [&](const std::string& id) {
      return store->read([&](Tables& t) { return t.email_outbox.find(id); });
    };
    CHECK(found(sent.id)->sent_at == now);
    CHECK(found(failed.id)->status == EmailStatus::Failed);
    CHECK(store->write([&](Tables& t) { return t.email_outbox.purge(now + 1, 2); }) == 2);
    CHECK(store->write([&](Tables& t) { return t.email_outbox.purge(now + 1, 2); }) == 1);
  }
}
