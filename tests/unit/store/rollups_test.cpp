// Roll-ups against sums over the rows themselves.
#include "store/rollups.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "storage/statement.h"
#include "store/rollup_key.h"
#include "support/store_fixture.h"

using namespace penstock;
using namespace penstock::store;
using test::logRow;
using test::StoreFixture;

namespace {

constexpr UnixMillis kHour = 3'600'000;
constexpr UnixMillis kDay = 24 * kHour;
constexpr UnixMillis kBegin = 20'000 * kDay + 7 * kHour;  // not at a day's start

using Rows = std::vector<model::RequestLog>;

std::string pick(std::mt19937_64& random, const char* prefix, uint64_t count) {
  const uint64_t number = random() % (count + 1);
  return number == 0 ? "" : prefix + std::to_string(number);
}

model::RequestLog randomRow(std::mt19937_64& random, UnixMillis at) {
  model::RequestLog row = logRow(at);
  row.project_id = "proj_" + std::to_string(random() % 3);
  row.api_key_id = "key_" + std::to_string(random() % 4);
  row.provider = pick(random, "vendor", 2);
  row.provider_id = pick(random, "prov_", 3);
  row.model = pick(random, "model", 4);
  row.routing_config_id = pick(random, "rc_", 2);
  row.routing_config_version = static_cast<int64_t>(random() % 3);
  row.resolved = pick(random, "r", 2);
  row.status = std::array{200, 200, 200, 404, 429, 499, 500, 503}.at(random() % 8);
  row.error_class = row.status == 200 ? "" : pick(random, "error", 2);
  row.attempts = static_cast<int>(random() % 4);
  row.usage.input_uncached = static_cast<int64_t>(random() % 5000);
  row.usage.input_cache_read = static_cast<int64_t>(random() % 300);
  row.usage.output_text = static_cast<int64_t>(random() % 900);
  row.cost_input.nanos = static_cast<int64_t>(random() % 1'000'000);
  row.cost_output.nanos = static_cast<int64_t>(random() % 5'000'000);
  row.cost_total = row.cost_input + row.cost_output + Money{static_cast<int64_t>(random() % 3)};
  row.basis = random() % 5 != 0 ? model::PriceBasis::Catalogue : model::PriceBasis::Unknown;
  row.latency_us = static_cast<int64_t>(std::exp(static_cast<double>(random() % 1000) / 60.0));
  row.end_user = pick(random, "user", 6);
  if (random() % 2 == 0) row.tags.emplace_back("team", pick(random, "t", 3));
  if (random() % 3 == 0) row.tags.emplace_back("env", pick(random, "e", 2));
  return row;
}

Rows randomRows(uint64_t seed, int count, UnixMillis span) {
  std::mt19937_64 random(seed);
  Rows rows;
  for (int i = 0; i < count; ++i) {
    rows.push_back(randomRow(
        random, kBegin + static_cast<UnixMillis>(random() % static_cast<uint64_t>(span))));
  }
  return rows;
}

std::optional<std::string> tagOf(const model::RequestLog& row, const std::string& key) {
  for (const auto& [name, value] : row.tags) {
    if (name == key) return value;
  }
  return std::nullopt;
}

// The row's group; nothing when the query is not about the row.
std::optional<std::string> groupOf(const RollupQuery& query, const model::RequestLog& row) {
  const auto among = [](const std::string& wanted, std::initializer_list<std::string> texts) {
    return wanted.empty() || std::find(texts.begin(), texts.end(), wanted) != texts.end();
  };
  if (row.created_at < query.start || row.created_at >= query.end) return std::nullopt;
  if (!query.project_ids.empty() && std::find(query.project_ids.begin(), query.project_ids.end(),
                                              row.project_id) == query.project_ids.end()) {
    return std::nullopt;
  }
  const bool tags = query.group_by == GroupBy::Tag || query.tag;
  if (!among(query.api_key_id, {row.api_key_id}) || !among(query.model, {row.model}) ||
      !(tags ? among(query.provider, {row.provider})
             : among(query.provider, {row.provider, row.provider_id})) ||
      !among(query.routing_config_id, {row.routing_config_id}) ||
      !among(query.end_user, {row.end_user})) {
    return std::nullopt;
  }
  if (query.tag && tagOf(row, query.tag->first) != query.tag->second) return std::nullopt;
  switch (query.group_by) {
    case GroupBy::None: return "";
    case GroupBy::Model: return row.model;
    case GroupBy::Provider: return row.provider;
    case GroupBy::Project: return row.project_id;
    case GroupBy::ApiKey: return row.api_key_id;
    case GroupBy::RoutingConfig: return row.routing_config_id;
    case GroupBy::EndUser: return row.end_user;
    case GroupBy::Tag: return tagOf(row, query.tag_key);
  }
  return std::nullopt;
}

std::vector<int64_t> numbersOf(const model::RequestTotals& t) {
  std::vector<int64_t> numbers = {t.requests,          t.errors,           t.attempts,
                                  t.fallbacks,         t.unpriced,         t.cost_input.nanos,
                                  t.cost_output.nanos, t.cost_total.nanos, t.input_tokens,
                                  t.output_tokens,     t.cache_read_tokens};
  t.latency.each([&](size_t bucket, uint64_t samples) {
    numbers.push_back(static_cast<int64_t>(bucket));
    numbers.push_back(static_cast<int64_t>(samples));
  });
  return numbers;
}

using Cells = std::map<std::pair<UnixMillis, std::string>, std::vector<int64_t>>;

Cells summed(const RollupQuery& query, const Rows& rows) {
  std::map<std::pair<UnixMillis, std::string>, model::RequestTotals> cells;
  const UnixMillis width = query.granularity == Granularity::Hour ? kHour : kDay;
  for (const auto& row : rows) {
    if (const auto group = groupOf(query, row)) {
      cells[{row.created_at / width * width, *group}].add(row);
    }
  }
  Cells numbers;
  for (const auto& [place, totals] : cells) numbers[place] = numbersOf(totals);
  return numbers;
}

Cells reported(const RollupReport& report) {
  Cells cells;
  for (const auto& point : report.series) {
    const bool is_new = cells
                            .emplace(std::pair(point.bucket, report.groups.at(point.group).name),
                                     numbersOf(point.totals))
                            .second;
    CHECK(is_new);
  }
  return cells;
}

// Every group with every filter that goes with it.
std::vector<RollupQuery> queries(UnixMillis start, UnixMillis end) {
  std::vector<RollupQuery> all;
  const std::vector<std::function<void(RollupQuery&)>> filters = {
      [](RollupQuery&) {},
      [](RollupQuery& q) { q.project_ids = {"proj_1"}; },
      [](RollupQuery& q) {
        q.project_ids = {"proj_0", "proj_2", "proj_none"};
      },
      [](RollupQuery& q) { q.project_ids = {"proj_none"}; },
      [](RollupQuery& q) { q.model = "model2"; },
      [](RollupQuery& q) { q.model = "never seen"; },
      [](RollupQuery& q) { q.provider = "vendor1"; },
      [](RollupQuery& q) { q.provider = "prov_2"; },
      [](RollupQuery& q) { q.api_key_id = "key_3", q.model = "model1"; },
      [](RollupQuery& q) { q.routing_config_id = "rc_1"; },
      [](RollupQuery& q) { q.end_user = "user3"; },
      [](RollupQuery& q) { q.tag = std::pair("team", "t2"); },
      [](RollupQuery& q) { q.tag = std::pair("team", ""), q.project_ids = {"proj_1"}; },
      [](RollupQuery& q) { q.tag = std::pair("env", "e1"), q.model = "model3"; }};
  for (const auto granularity : {Granularity::Hour, Granularity::Day}) {
    for (int group = 0; group <= static_cast<int>(GroupBy::Tag); ++group) {
      for (const auto& filter : filters) {
        RollupQuery query{.start = start,
                          .end = end,
                          .granularity = granularity,
                          .group_by = static_cast<GroupBy>(group)};
        if (query.group_by == GroupBy::Tag) query.tag_key = "team";
        filter(query);
        if (!query.problem()) all.push_back(query);
      }
    }
  }
  return all;
}

void checkAll(StoreFixture& f, const Rows& rows, UnixMillis start, UnixMillis end) {
  for (const RollupQuery& query : queries(start, end)) {
    INFO("group ", static_cast<int>(query.group_by), " granularity ",
         static_cast<int>(query.granularity), " model ", query.model, " provider ", query.provider,
         " user ", query.end_user, " tag ", query.tag ? query.tag->second : "-");
    const RollupReport report = f.store->log().report(query);
    CHECK(reported(report) == summed(query, rows));
    model::RequestTotals sum;
    for (const auto& group : report.groups) sum += group.totals;
    CHECK(numbersOf(sum) == numbersOf(report.totals));
  }
}

void append(StoreFixture& f, const Rows& rows, size_t batch = 100) {
  for (size_t i = 0; i < rows.size(); i += batch) {
    f.store->log().append(std::span(rows).subspan(i, std::min(batch, rows.size() - i)));
  }
}

void retainAll(StoreFixture& f, const Retention& retention = {.days = 0, .bytes = 0}) {
  while (f.store->log().retain(retention, f.clock.now()).more) {
  }
}

int64_t totalRequests(StoreFixture& f) {
  return f.store->log()
      .report({.start = 0, .end = kBegin + 500 * kDay, .granularity = Granularity::Day})
      .totals.requests;
}

}  // namespace

TEST_SUITE("store/rollups") {
  TEST_CASE("totals equal the sum over the rows for every group, filter and granularity") {
    StoreFixture f;
    const Rows rows = randomRows(1, 3000, 4 * kDay);
    append(f, rows);
    checkAll(f, rows, kBegin, kBegin + 4 * kDay);
    checkAll(f, rows, kBegin + 20 * kHour, kBegin + 3 * kDay);
  }

  TEST_CASE("hours that were added to their days, some of them, and rows that come late after it") {
    StoreFixture f;
    Rows rows = randomRows(2, 2000, 4 * kDay);
    append(f, rows);
    f.clock.setNow(kBegin + 2 * kDay + 5 * kHour);
    retainAll(f);
    checkAll(f, rows, kBegin, kBegin + 4 * kDay);
    const Rows late = randomRows(3, 500, 4 * kDay);
    append(f, late);
    rows.insert(rows.end(), late.begin(), late.end());
    checkAll(f, rows, kBegin - kDay, kBegin + 5 * kDay);
    f.clock.setNow(kBegin + 10 * kDay);
    retainAll(f);
    f.reopen();
    checkAll(f, rows, kBegin + kHour, kBegin + 3 * kDay + 3 * kHour);
  }

  TEST_CASE("ways add up to the same") {
    StoreFixture f;
    const Rows rows = randomRows(4, 1000, kDay);
    append(f, rows);
    const RollupQuery query{
        .start = kBegin, .end = kBegin + kDay, .project_ids = {"proj_1"}, .provider = "prov_2"};
    std::map<std::vector<std::string>, model::RequestTotals> sums;
    for (const auto& row : rows) {
      if (!groupOf(query, row)) continue;
      const int outcome = row.status == 499 ? 3 : row.status >= 500 ? 2 : row.status >= 400 ? 1 : 0;
      sums[{row.project_id, row.api_key_id, row.provider, row.provider_id, row.model,
            row.routing_config_id, std::to_string(row.routing_config_version), row.resolved,
            row.error_class, std::to_string(outcome)}]
          .add(row);
    }
    const auto routes = f.store->log().routes(query);
    CHECK(routes.size() == sums.size());
    for (const auto& r : routes) {
      const auto& sum =
          sums[{r.project_id, r.api_key_id, r.provider, r.provider_id, r.model, r.routing_config_id,
                std::to_string(r.routing_config_version), r.resolved, r.error_class,
                std::to_string(static_cast<int>(r.outcome))}];
      CHECK(numbersOf(r.totals) == numbersOf(sum));
    }
  }

  TEST_CASE("what a stopped process had not merged is counted by the next, once") {
    StoreFixture f;
    const Rows rows = randomRows(5, 700, 2 * kDay);
    append(f, Rows(rows.begin(), rows.begin() + 300), 7);
    f.reopen();  // nothing was merged: only the notes are there
    CHECK(totalRequests(f) == 300);
    append(f, Rows(rows.begin() + 300, rows.begin() + 500));
    f.reopen();
    append(f, Rows(rows.begin() + 500, rows.end()));
    checkAll(f, rows, kBegin, kBegin + 2 * kDay);
    f.reopen();
    CHECK(totalRequests(f) == 700);
  }

  TEST_CASE("a batch that failed and is tried again counts once") {
    StoreFixture f;
    append(f, {logRow(kBegin)});
    storage::Database other(f.dir / "log.db", {.busy_timeout_ms = 0});
    const Rows batch = {logRow(kBegin), logRow(kBegin)};
    {
      other.exec("BEGIN IMMEDIATE");
      CHECK_THROWS_AS(f.store->log().append(batch), storage::SqlError);
      CHECK_THROWS_AS(f.store->log().append(batch), storage::SqlError);
      CHECK_THROWS_AS(f.store->log().report({.start = kBegin, .end = kBegin + kHour}),
                      storage::SqlError);
      other.exec("ROLLBACK");
    }
    f.store->log().append(batch);
    CHECK(totalRequests(f) == 3);
    CHECK(f.store->log().count() == 3);
  }

  TEST_CASE("the biggest groups are named, the rest is one") {
    StoreFixture f;
    Rows rows;
    for (int i = 0; i < 10; ++i) {
      for (int n = 0; n <= i; ++n) {
        rows.push_back(logRow(kBegin + n * kHour));
        rows.back().end_user = "u" + std::to_string(i);
        rows.back().model = "m" + std::to_string(i);
        rows.back().cost_total.nanos = i < 8 ? 10 : 1000;
        rows.back().latency_us = 1000 * (i + 1);
      }
    }
    append(f, rows);
    for (const GroupBy group : {GroupBy::EndUser, GroupBy::Model}) {
      const auto report = f.store->log().report({.start = kBegin,
                                                 .end = kBegin + kDay,
                                                 .granularity = Granularity::Day,
                                                 .group_by = group,
                                                 .limit = 3});
      const std::string prefix = group == GroupBy::Model ? "m" : "u";
      REQUIRE(report.groups.size() == 4);
      CHECK(report.groups[0].name == prefix + "9");
      CHECK(report.groups[1].name == prefix + "8");
      CHECK(report.groups[2].name == prefix + "7");
      CHECK(report.groups[3].name == kOtherGroup);
      CHECK(report.groups[3].totals.requests == 28);
      CHECK(report.groups[3].totals.latency.samples() == 28);
      CHECK(report.groups[3].totals.latency.percentile(1).value() < 7300);
      CHECK(report.totals.requests == 55);
    }
  }

  TEST_CASE("a few of many groups are read from among the rest") {
    StoreFixture f;
    Rows rows;
    constexpr int kUsers = 3000;
    for (int i = 0; i < kUsers; ++i) {
      rows.push_back(logRow(kBegin));
      rows.back().end_user = "u" + std::to_string(i);
      rows.back().latency_us = i % 500 == 0 ? 500 : 1'000'000 + i;
      rows.back().cost_total.nanos = i % 500 == 0 ? 1000 - i / 500 : 1;
    }
    append(f, rows);
    const auto report = f.store->log().report(
        {.start = kBegin, .end = kBegin + kHour, .group_by = GroupBy::EndUser, .limit = 6});
    REQUIRE(report.groups.size() == 7);
    for (size_t i = 0; i < 6; ++i) {
      CHECK(report.groups[i].name == "u" + std::to_string(500 * i));
      CHECK(report.groups[i].totals.requests == 1);
      CHECK(report.groups[i].totals.latency.percentile(1).value() < 1000);
    }
    CHECK(report.groups[6].totals.requests == kUsers - 6);
    CHECK(report.groups[6].totals.latency.percentile(0).value() > 900'000);
    CHECK(report.groups[6].totals.cost_total.nanos == kUsers - 6);
  }

  TEST_CASE("names that callers invent stay within bounds, and nothing is lost") {
    StoreFixture f;
    Rows rows;
    for (size_t i = 0; i < 2 * kMaxRoutesPerBucket; ++i) {
      rows.push_back(logRow(kBegin));
      rows.back().model = "invented-" + std::to_string(i);
      rows.back().tags = {{"k" + std::to_string(i), "v"}};
    }
    append(f, rows);
    CHECK(totalRequests(f) == static_cast<int64_t>(rows.size()));
    append(f, rows);
    f.clock.setNow(kBegin + 2 * kDay);
    retainAll(f);
    const auto report = f.store->log().report(
        {.start = kBegin, .end = kBegin + kHour, .group_by = GroupBy::Model, .limit = 100'000});
    CHECK(report.groups.size() == kMaxRoutesPerBucket + 1);
    CHECK(report.groups.back().name == kOtherGroup);
    CHECK(report.groups.back().totals.requests ==
          static_cast<int64_t>(2 * (rows.size() - kMaxRoutesPerBucket)));
    CHECK(report.totals.requests == static_cast<int64_t>(2 * rows.size()));
    f.close();
    storage::Database db(f.dir / "log.db", {.access = storage::Access::ReadOnly});
    const auto texts = storage::Statement(db, "SELECT count(*) FROM rollup_text").integer(0);
    CHECK(texts <= static_cast<int64_t>(kMaxRoutesPerBucket + 2 * kMaxTagsPerBucket));
  }

  TEST_CASE("roll-ups outlive the rows, hours and days as long as each is kept") {
    StoreFixture f;
    const Rows rows = randomRows(6, 500, kDay);
    append(f, rows);
    const auto requests = [&](Granularity granularity) {
      return f.store->log()
          .report({.start = kBegin - 7 * kHour,
                   .end = kBegin + 2 * kDay - 7 * kHour,
                   .granularity = granularity})
          .totals.requests;
    };
    f.clock.setNow(kBegin + 30 * kDay);
    retainAll(f, {.days = 7, .bytes = 0});
    CHECK(f.store->log().count() == 0);
    CHECK(requests(Granularity::Hour) == 500);
    f.clock.setNow(kBegin + 40 * kDay);
    retainAll(f);
    CHECK(requests(Granularity::Hour) == 0);
    CHECK(requests(Granularity::Day) == 500);
    f.clock.setNow(kBegin + 405 * kDay);
    retainAll(f);
    CHECK(requests(Granularity::Day) == 0);
    f.close();
    storage::Database db(f.dir / "log.db", {.access = storage::Access::ReadOnly});
    CHECK(storage::Statement(db, "SELECT count(*) FROM rollup").integer(0) == 0);
    CHECK(storage::Statement(db, "SELECT count(*) FROM rollup_text").integer(0) == 1);
  }

  TEST_CASE("rows from before there were roll-ups are rolled up in pieces, new ones beside them") {
    StoreFixture f;
    Rows rows = randomRows(8, 9000, 3 * kDay);
    append(f, rows, 1000);
    f.close();
    {
      storage::Database db(f.dir / "log.db", {});
      db.exec(
          "DELETE FROM rollup_pending; DELETE FROM rollup; DELETE FROM rollup_text WHERE id > 1; "
          "INSERT INTO rollup_backlog SELECT min(id), max(id) + 1 FROM request_log");
    }
    f.open();
    f.clock.setNow(kBegin + 10 * kDay);
    const Rows first = randomRows(9, 100, 3 * kDay);  // among those of the backlog, too
    append(f, first);
    CHECK(f.store->log().retain({.days = 1, .bytes = 0}, f.clock.now()).more);
    const Rows second = randomRows(10, 100, 3 * kDay);
    append(f, second);
    f.reopen();
    retainAll(f, {.days = 1, .bytes = 0});
    CHECK(f.store->log().count() == 0);
    rows.insert(rows.end(), first.begin(), first.end());
    rows.insert(rows.end(), second.begin(), second.end());
    checkAll(f, rows, kBegin, kBegin + 3 * kDay);
  }

  TEST_CASE("a limit of bytes takes roll-ups too when no rows are left") {
    StoreFixture f;
    append(f, randomRows(11, 3000, 20 * kDay));
    f.clock.setNow(kBegin + 21 * kDay);
    retainAll(f);
    const int64_t bytes = f.store->log().sizeBytes();
    retainAll(f, {.days = 0, .bytes = 200'000});
    CHECK(f.store->log().count() == 0);
    CHECK(f.store->log().sizeBytes() <= 200'000);
    CHECK(bytes > 200'000);
  }

  TEST_CASE("what cannot be asked together is named") {
    const auto param = [](const RollupQuery& query) {
      const auto problem = query.problem();
      return problem ? problem->first : "";
    };
    CHECK(param({}) == "");
    CHECK(param({.group_by = GroupBy::EndUser, .model = "m"}) == "model");
    CHECK(param({.group_by = GroupBy::Model, .end_user = "u"}) == "group_by");
    CHECK(param({.end_user = "u", .tag = std::pair("a", "b")}) == "tags");
    CHECK(param({.group_by = GroupBy::Tag, .tag_key = "a", .tag = std::pair("b", "c")}) == "tags");
    CHECK(param({.group_by = GroupBy::ApiKey, .tag = std::pair("b", "c")}) == "group_by");
    CHECK(param({.api_key_id = "k", .tag = std::pair("b", "c")}) == "api_key_id");
    CHECK(param({.group_by = GroupBy::Model, .provider = "p", .tag = std::pair("b", "c")}) == "");
    // The vendor alone is kept with tags.
    CHECK(param({.group_by = GroupBy::Tag, .tag_key = "a", .provider = "prov_2"}) == "provider");
    CHECK(param({.provider = "prov_2", .tag = std::pair("b", "c")}) == "provider");
    CHECK(param({.provider = "prov_2"}) == "");
  }
}
