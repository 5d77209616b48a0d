#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "support/store_fixture.h"

using namespace penstock;
using store::LogFilter;
using store::LogPage;
using store::StatusClass;
using test::logRow;
using test::StoreFixture;

namespace {

constexpr UnixMillis kDay = 86'400'000;

void append(StoreFixture& f, const std::vector<model::RequestLog>& rows) {
  f.store->log().append(rows);
}

std::vector<UnixMillis> times(const LogPage& page) {
  std::vector<UnixMillis> all;
  for (const auto& row : page.rows) all.push_back(row.created_at);
  return all;
}

void retainAll(StoreFixture& f, const store::Retention& retention) {
  while (f.store->log().retain(retention, f.clock.now()).more) {
  }
}

}  // namespace

TEST_SUITE("store/log_store") {
  TEST_CASE("a row comes back as it was written") {
    StoreFixture f;
    model::RequestLog row = logRow(1'800'000'000'123, 200);
    row.routing_config_id = "rc_1";
    row.routing_config_version = 4;
    row.error_class = "none";
    row.stream = true;
    row.attempts = 2;
    row.usage = {1, 2, 3, 4, 5, 6, 7, 8, model::Usage::Source::Provider};
    row.cost_input = {10};
    row.cost_output = {20};
    row.cost_total = {30};
    row.basis = model::PriceBasis::Ceiling;
    row.usage.input_image = 9;
    row.usage.input_cache_read_audio = 10;
    row.usage.input_cache_read_image = 11;
    row.usage.output_image = 12;
    row.usage.web_searches = 13;
    row.usage.images = 14;
    row.usage.audio_ms = 15;
    row.usage.characters = 16;
    row.service_tier = "flex";
    row.charge = "i5 o7 *1/2";
    row.ab_variant = "b";
    row.decision = R"({"decision":"attempt_1"})";
    row.cost_reserved = {40};
    row.settlement = model::Settlement::Estimated;
    row.settlement_reason = "client_closed_request";
    row.catalogue_version = "2026-05";
    row.latency_us = 1000;
    row.ttft_us = 0;
    row.end_user = "user's";
    row.trace_id = "t";
    row.conversation_id = "c";
    row.traceparent = "00-a-b-01";
    row.tags = {{"team", "a\"b"}, {"x", ""}};
    row.byok_fingerprint = "sk-a...wxyz";
    row.request_body = std::string("{\"a\":\0\xff}", 8);
    append(f, {row});
    const auto found = f.store->log().find(row.request_id);
    REQUIRE(found);
    CHECK(found->request_body == row.request_body);
    CHECK_FALSE(found->response_body);
    CHECK(found->tags == row.tags);
    CHECK(found->usage == row.usage);
    CHECK(found->cost_total == row.cost_total);
    CHECK(found->ttft_us == 0);
    CHECK(found->upstream_head_us == -1);
    CHECK(found->created_at == row.created_at);
    for (const auto member : {&model::RequestLog::request_id,
                              &model::RequestLog::organization_id,
                              &model::RequestLog::project_id,
                              &model::RequestLog::api_key_id,
                              &model::RequestLog::endpoint,
                              &model::RequestLog::requested_model,
                              &model::RequestLog::provider,
                              &model::RequestLog::provider_id,
                              &model::RequestLog::model,
                              &model::RequestLog::routing_config_id,
                              &model::RequestLog::resolved,
                              &model::RequestLog::error_class,
                              &model::RequestLog::catalogue_version,
                              &model::RequestLog::end_user,
                              &model::RequestLog::trace_id,
                              &model::RequestLog::conversation_id,
                              &model::RequestLog::traceparent,
                              &model::RequestLog::service_tier,
                              &model::RequestLog::charge,
                              &model::RequestLog::ab_variant,
                              &model::RequestLog::decision,
                              &model::RequestLog::settlement_reason}) {
      CHECK((*found).*member == row.*member);
    }
    CHECK(found->byok_fingerprint == row.byok_fingerprint);
    CHECK(found->routing_config_version == 4);
    CHECK(found->stream);
    CHECK(found->basis == model::PriceBasis::Ceiling);
    CHECK(found->cost_reserved == row.cost_reserved);
    CHECK(found->settlement == model::Settlement::Estimated);
    CHECK(found->attempts == 2);
    CHECK(found->latency_us == 1000);
    CHECK_FALSE(f.store->log().find(newUuid()));
    for (const char* odd : {"", "nonsense", "------------------------------------"}) {
      CHECK_FALSE(f.store->log().find(odd));
    }
  }

  TEST_CASE("lists tell the variant, and leave decisions and bodies where they are") {
    StoreFixture f;
    model::RequestLog row = logRow(1);
    row.ab_variant = "b";
    row.decision = R"({"decision":"attempt_1"})";
    row.request_body = "{}";
    append(f, {row});
    const LogPage page = f.store->log().list({});
    REQUIRE(page.rows.size() == 1);
    CHECK(page.rows[0].ab_variant == "b");
    CHECK(page.rows[0].decision.empty());
    CHECK_FALSE(page.rows[0].request_body);
  }

  TEST_CASE("the first lines of decisions are kept once, and come back with them") {
    StoreFixture f;
    constexpr int kMostHeads = 10'000;
    std::vector<model::RequestLog> rows;
    for (int i = 0; i < kMostHeads + 2; ++i) {
      rows.push_back(logRow(i + 1));
      rows.back().decision = "[[\"" + std::to_string(i) + "\"]]\n{}";
    }
    rows.push_back(logRow(kMostHeads + 3));
    rows.back().decision = rows.front().decision;
    append(f, rows);
    for (const auto* row : {&rows[0], &rows[1], &rows[kMostHeads], &rows.back()})
      CHECK(f.store->log().find(row->request_id)->decision == row->decision);
    f.close();
    storage::Database db(f.dir / "log.db", {.access = storage::Access::ReadOnly});
    const auto count = [&db](const char* where) {
      return storage::Statement(db, std::string("SELECT count(*) FROM ") + where).integer(0);
    };
    // Callers may choose what the lines are: the rest stands in the rows.
    CHECK(count("request_payload WHERE decision = '{}'") == kMostHeads + 1);
    CHECK(count("request_payload WHERE decision_head_id = 0") == 2);
    CHECK(count("dictionary WHERE text LIKE '[[%'") == kMostHeads);
  }

  TEST_CASE("a request without a decision has none, with and without bodies") {
    StoreFixture f;
    model::RequestLog bare = logRow(1);
    model::RequestLog kept = logRow(2);
    kept.response_body = "{}";
    append(f, {bare, kept});
    CHECK(f.store->log().find(bare.request_id)->decision.empty());
    CHECK(f.store->log().find(kept.request_id)->decision.empty());
  }

  TEST_CASE("decisions leave with their rows, and count in what one piece of the work deletes") {
    StoreFixture f;
    const UnixMillis now = f.clock.now();
    std::vector<model::RequestLog> rows;
    for (int i = 0; i < 8; ++i) {
      rows.push_back(logRow(now - 10 * kDay + i));
      rows.back().decision = '"' + std::string(1 << 20, 'd') + '"';
    }
    append(f, rows);
    CHECK(f.store->log().retain({.days = 7, .bytes = 0}, now).deleted == 4);
    retainAll(f, {.days = 7, .bytes = 0});
    f.close();
    storage::Database db(f.dir / "log.db", {.access = storage::Access::ReadOnly});
    CHECK(storage::Statement(db, "SELECT count(*) FROM request_payload").integer(0) == 0);
  }

  TEST_CASE("rows of one millisecond are all kept, and lists are newest first") {
    StoreFixture f;
    append(f, {logRow(30), logRow(10), logRow(20), logRow(20), logRow(20)});
    CHECK(times(f.store->log().list({})) == std::vector<UnixMillis>{30, 20, 20, 20, 10});
    CHECK(f.store->log().count() == 5);
  }

  TEST_CASE("pages follow one another without gap or overlap while rows are added") {
    StoreFixture f;
    std::vector<model::RequestLog> rows;
    for (int i = 1; i <= 7; ++i) rows.push_back(logRow(i));
    append(f, rows);
    LogFilter filter{.limit = 3};
    std::vector<UnixMillis> seen;
    do {
      const LogPage page = f.store->log().list(filter);
      append(f, {logRow(100)});
      for (const UnixMillis time : times(page)) seen.push_back(time);
      filter.before = page.next;
    } while (filter.before != 0);
    CHECK(seen == std::vector<UnixMillis>{7, 6, 5, 4, 3, 2, 1});
  }

  TEST_CASE("filters restrict the list, alone and together") {
    StoreFixture f;
    std::vector<model::RequestLog> rows;
    for (int i = 1; i <= 8; ++i) rows.push_back(logRow(i));
    rows[0].project_id = "proj_2";
    rows[1].status = 404;
    rows[2].status = 503;
    rows[3].model = "gpt-4o";
    rows[4].provider = "openai";
    rows[5].end_user = "ann";
    rows[6].tags = {{"team", "a"}, {"env", "b"}};
    rows[7].status = 499;
    rows[7].latency_us = 5000;
    rows[0].api_key_id = "key_2";
    rows[1].error_class = "model_not_found";
    rows[3].routing_config_id = "rc_2";
    rows[4].ab_variant = "b";
    rows[5].conversation_id = "talk";
    rows[6].trace_id = "span";
    append(f, rows);
    using Times = std::vector<UnixMillis>;
    const std::vector<std::pair<LogFilter, Times>> cases = {
        {{.project_ids = {"proj_2"}}, {1}},
        {{.project_ids = {"proj_9"}}, {}},
        {{.project_ids = {"proj_9", "proj_2"}}, {1}},
        {{.status = StatusClass::ClientError}, {8, 2}},
        {{.status = StatusClass::ServerError}, {3}},
        {{.status = StatusClass::Success, .limit = 2}, {7, 6}},
        {{.model = "gpt-4o"}, {4}},
        {{.model = "@default", .limit = 1}, {8}},
        {{.provider = "openai"}, {5}},
        {{.provider = "prov_1", .start = 8}, {8}},
        {{.api_key_id = "key_2"}, {1}},
        {{.api_key_id = "key_9"}, {}},
        {{.routing_config_id = "rc_2"}, {4}},
        {{.error_class = "model_not_found"}, {2}},
        {{.ab_variant = "b"}, {5}},
        {{.provider = "demo", .error_class = "model_not_found"}, {2}},
        {{.end_user = "ann"}, {6}},
        {{.conversation_id = "talk"}, {6}},
        {{.trace_id = "span"}, {7}},
        {{.tags = {{"team", "a"}}}, {7}},
        {{.tags = {{"team", "a"}, {"env", "b"}}}, {7}},
        {{.tags = {{"team", "b"}}}, {}},
        {{.start = 3, .end = 5}, {4, 3}},
        {{.min_latency_us = 5000}, {8}},
        {{.project_ids = {"proj_1"}, .status = StatusClass::ClientError, .end = 8}, {2}},
    };
    for (size_t i = 0; i < cases.size(); ++i) {
      INFO(i);
      const auto& [filter, expected] = cases[i];
      CHECK(times(f.store->log().list(filter)) == expected);
      // What follows live traffic chooses the same rows.
      Times matching;
      for (size_t row = rows.size(); row-- > 0 && matching.size() < filter.limit;) {
        if (store::matches(filter, rows[row])) matching.push_back(rows[row].created_at);
      }
      CHECK(matching == expected);
    }
  }

  TEST_CASE("rows older than the retention are deleted with their bodies") {
    StoreFixture f;
    const UnixMillis now = f.clock.now();
    std::vector<model::RequestLog> rows;
    for (int i = 0; i < 2500; ++i) rows.push_back(logRow(now - 10 * kDay + i));
    rows.push_back(logRow(now - 3 * kDay));
    rows[0].request_body = "old";
    append(f, rows);
    const auto first = f.store->log().retain({.days = 7, .bytes = 0}, now);
    CHECK(first.deleted == 1000);  // bounded pieces
    CHECK(first.more);
    retainAll(f, {.days = 7, .bytes = 0});
    CHECK(f.store->log().count() == 1);
    CHECK_FALSE(f.store->log().find(rows[0].request_id));
    retainAll(f, {.days = 0, .bytes = 0});
    CHECK(f.store->log().count() == 1);
  }

  TEST_CASE("the log stays within its bytes on disk, losing the oldest") {
    StoreFixture f;
    constexpr int64_t kLimit = 5 << 20;  // more than one piece of the work deletes
    UnixMillis time = f.clock.now();
    for (int round = 0; round < 20; ++round) {
      std::vector<model::RequestLog> rows;
      for (int i = 0; i < 50; ++i) {
        rows.push_back(logRow(time++));
        rows.back().response_body = std::string(20'000, static_cast<char>('a' + i % 26));
      }
      append(f, rows);
      retainAll(f, {.days = 30, .bytes = kLimit});
      CHECK(f.store->log().sizeBytes() <= kLimit);
    }
    const LogPage page = f.store->log().list({.limit = 1000});
    CHECK(page.rows.size() > 20);
    CHECK(page.rows.size() < 1000);
    CHECK(page.rows.front().created_at == time - 1);
    CHECK(page.rows.back().created_at == time - static_cast<int64_t>(page.rows.size()));
    f.store->log().retain({.days = 30, .bytes = kLimit}, time);
    CHECK(f.store->log().count() == static_cast<int64_t>(page.rows.size()));
  }

  TEST_CASE("names that callers invent do not grow the dictionary") {
    StoreFixture f;
    std::vector<model::RequestLog> rows;
    for (int i = 0; i < 100; ++i) {
      rows.push_back(logRow(i));
      rows.back().requested_model = rows.back().model = "invented-" + std::to_string(i);
      rows.back().end_user = "user-" + std::to_string(i);
    }
    append(f, rows);
    f.close();
    storage::Database db(f.dir / "log.db", {.access = storage::Access::ReadOnly});
    CHECK(storage::Statement(db, "SELECT count(*) FROM dictionary").integer(0) == 7);
  }

  TEST_CASE("a deleted log.db is made anew") {
    StoreFixture f;
    append(f, {logRow(1)});
    f.close();
    for (const char* file : {"log.db", "log.db-wal", "log.db-shm"}) {
      std::filesystem::remove(f.dir / file);
    }
    f.open();
    CHECK(f.store->warnings().empty());
    CHECK(f.store->log().count() == 0);
    append(f, {logRow(2)});
    CHECK(f.store->log().count() == 1);
  }

  TEST_CASE("a corrupt log.db is put aside with a warning, and the store opens") {
    for (const bool whole : {true, false}) {
      StoreFixture f;
      std::vector<model::RequestLog> rows;
      for (int i = 0; i < 500; ++i) rows.push_back(logRow(i));
      append(f, rows);
      f.close();
      {
        std::fstream file(f.dir / "log.db", std::ios::in | std::ios::out | std::ios::binary);
        if (!whole) file.seekp(100);  // keeps the header, breaks the schema's page
        file << std::string(8000, 'x');
      }
      f.open();
      REQUIRE(f.store->warnings().size() == 1);
      CHECK(f.store->warnings()[0].find("put aside as") != std::string::npos);
      CHECK(f.store->log().count() == 0);
      append(f, {logRow(2)});
      CHECK(f.store->log().count() == 1);
      f.reopen();
      CHECK(f.store->warnings().empty());
    }
  }

  TEST_CASE("lists can be read while rows are written") {
    StoreFixture f;
    std::jthread writer([&](const std::stop_token& stop) {
      for (int i = 0; !stop.stop_requested(); ++i) append(f, {logRow(i), logRow(i)});
    });
    for (int i = 0; i < 50; ++i) {
      const LogPage page = f.store->log().list({.limit = 10});
      CHECK(page.rows.size() <= 10);
      CHECK(f.store->log().count() % 2 == 0);  // whole batches only
    }
  }
}
