#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/id.h"
#include "json/document.h"
#include "storage/database.h"
#include "store/audit_log.h"
#include "support/store_fixture.h"

using namespace penstock;
using store::AuditFilter;
using store::Tables;
using test::StoreFixture;

namespace {

model::AuditEntry entry(UnixMillis at, const std::string& action = "project.updated") {
  model::AuditEntry entry;
  entry.id = newId("aud_", at);
  entry.created_at = at;
  entry.actor = {"management_key", "mkey_1", "ann@example.com"};
  entry.action = action;
  entry.resource_type = action.substr(0, action.find('.'));
  entry.resource_id = "proj_1";
  entry.project_id = "proj_1";
  entry.ip = "127.0.0.1";
  entry.user_agent = "test";
  entry.request_id = "r";
  entry.before = R"({"name":"a"})";
  entry.after = R"({"name":"b"})";
  return entry;
}

void append(StoreFixture& f, std::vector<model::AuditEntry> entries) {
  f.store->write([&](Tables& t) {
    for (auto& one : entries) t.audit_log.append(one);
  });
}

store::AuditVerdict verdict(StoreFixture& f) {
  return f.store->read([](Tables& t) { return t.audit_log.verify(); });
}

std::vector<int64_t> listed(StoreFixture& f, const AuditFilter& filter) {
  std::vector<int64_t> seqs;
  const auto page = f.store->read([&](Tables& t) { return t.audit_log.list(filter); });
  for (const auto& one : page.entries) seqs.push_back(one.seq);
  return seqs;
}

// Does to the file what only somebody with access to it can.
void tamper(StoreFixture& f, const std::string& sql) {
  f.close();
  storage::Database(f.dir / "penstock.db", {}).exec(sql);
  f.open();
}

constexpr const char* kUnlock = "DROP TRIGGER audit_log_fixed; DROP TRIGGER audit_log_kept; ";

}  // namespace

TEST_SUITE("store/audit_log") {
  TEST_CASE("entries are a chain that a reader of the API can recompute") {
    StoreFixture f;
    append(f, {entry(1000), entry(2000), entry(3000)});
    f.store->read([](Tables& t) {
      const auto page = t.audit_log.list({});
      REQUIRE(page.entries.size() == 3);
      Sha256 previous = page.entries[1].hash;
      CHECK(page.entries[0].previous_hash == previous);
      // As documented: SHA-256 of the entry as shown, without `hash`.
      std::string shown;
      json::Writer out(shown);
      store::writeAuditEntry(out, page.entries[0], store::WithHash::Yes);
      const std::string tail = R"(,"hash":")" + hex(page.entries[0].hash) + "\"}";
      REQUIRE(shown.ends_with(tail));
      CHECK(sha256(shown.substr(0, shown.size() - tail.size()) + "}") == page.entries[0].hash);
      CHECK(page.entries[2].previous_hash == Sha256{});
    });
    const auto found = verdict(f);
    CHECK(found.ok);
    CHECK(found.entries == 3);
    CHECK(found.head_seq == 3);
  }

  TEST_CASE("an empty log is sound") {
    StoreFixture f;
    CHECK(verdict(f).ok);
    CHECK(verdict(f).entries == 0);
  }

  TEST_CASE("entries cannot be changed or deleted by SQL of ours") {
    StoreFixture f;
    append(f, {entry(1000)});
    f.close();
    storage::Database db(f.dir / "penstock.db", {});
    CHECK_THROWS_AS(db.exec("UPDATE audit_log SET action = 'x'"), storage::SqlError);
    CHECK_THROWS_AS(db.exec("DELETE FROM audit_log"), storage::SqlError);
  }

  TEST_CASE("whoever changes, removes, inserts or cuts entries is found out") {
    struct Case {
      const char* name;
      std::string sql;
      int64_t first_bad;
    };
    for (const Case& c : std::vector<Case>{
             {"changed", "UPDATE audit_log SET actor_id = 'mkey_2' WHERE seq = 2", 2},
             {"removed", "DELETE FROM audit_log WHERE seq = 2", 2},
             {"all removed", "DELETE FROM audit_log", 1},
             {"cut", "DELETE FROM audit_log WHERE seq = 3", 3},
             {"moved",
              "UPDATE audit_log SET seq = 9 WHERE seq = 1; UPDATE audit_log SET seq = 1 WHERE seq "
              "= 2; UPDATE audit_log SET seq = 2 WHERE seq = 9",
              1},
             {"head removed too",
              "DELETE FROM audit_log WHERE seq = 3; DELETE FROM meta WHERE key = 'audit_head'", 3},
         }) {
      INFO(c.name);
      StoreFixture f;
      append(f, {entry(1000), entry(2000), entry(3000)});
      tamper(f, kUnlock + c.sql);
      const auto found = verdict(f);
      CHECK_FALSE(found.ok);
      CHECK(found.first_bad_seq == c.first_bad);
      CHECK_FALSE(found.reason.empty());
      // What is appended later does not heal it.
      append(f, {entry(4000), entry(5000)});
      CHECK_FALSE(verdict(f).ok);
    }
  }

  TEST_CASE("the log of a store that is set up has a beginning that is missed too") {
    StoreFixture f;
    f.bootstrap();
    CHECK(verdict(f).ok);
    append(f, {entry(1000)});
    CHECK(verdict(f).ok);
    tamper(f, std::string(kUnlock) +
                  "DELETE FROM audit_log; DELETE FROM meta WHERE key = 'audit_head'");
    CHECK_FALSE(verdict(f).ok);
    append(f, {entry(2000)});
    CHECK_FALSE(verdict(f).ok);
  }

  TEST_CASE("time never falls, so that a time is a place in the log") {
    StoreFixture f;
    append(f, {entry(5000), entry(1000), entry(6000)});
    f.store->read([](Tables& t) { CHECK(t.audit_log.list({}).entries.at(1).created_at == 5000); });
    CHECK(listed(f, {.start = 5000}) == std::vector<int64_t>{3, 2, 1});
    CHECK(listed(f, {.start = 5001}) == std::vector<int64_t>{3});
    CHECK(listed(f, {.end = 6000}) == std::vector<int64_t>{2, 1});
    CHECK(listed(f, {.start = 7000}).empty());
    CHECK(verdict(f).ok);
  }

  TEST_CASE("filters restrict the list, alone and together; pages go on where they ended") {
    StoreFixture f;
    auto other = entry(2000, "api_key.revoked");
    other.actor = {"system", "", ""};
    other.resource_id = "key_1";
    other.project_id = "proj_2";
    append(f, {entry(1000), other, entry(3000)});
    CHECK(listed(f, {.actor = "mkey_1"}) == std::vector<int64_t>{3, 1});
    CHECK(listed(f, {.actor = "ann@example.com"}) == std::vector<int64_t>{3, 1});
    CHECK(listed(f, {.action = "api_key.revoked"}) == std::vector<int64_t>{2});
    CHECK(listed(f, {.end = 3000, .resource_type = "project"}) == std::vector<int64_t>{1});
    CHECK(listed(f, {.resource_id = "key_1"}) == std::vector<int64_t>{2});
    CHECK(listed(f, {.project_id = "proj_2"}) == std::vector<int64_t>{2});
    f.store->read([](Tables& t) {
      const auto first = t.audit_log.list({.limit = 2});
      CHECK(first.next == 2);
      const auto second = t.audit_log.list({.before = first.next, .limit = 2});
      CHECK(second.entries.size() == 1);
      CHECK(second.next == 0);
    });
  }
}
