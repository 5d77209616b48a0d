#include "manage/analytics_query.h"

#include <algorithm>

#include <fmt/format.h>

#include "manage/body.h"
#include "manage/query.h"

namespace penstock::manage {
namespace {

using store::Granularity;
using store::GroupBy;

constexpr UnixMillis kHour = 3'600'000;
constexpr UnixMillis kDay = 24 * kHour;
constexpr UnixMillis kLastDay = 253'402'214'400'000;  // 9999-12-31
constexpr int64_t kMaxHourlyDays = 31;
constexpr int64_t kMaxDailyDays = 400;
constexpr int64_t kMaxGroups = 1000;
constexpr int64_t kDefaultGroups = 100;
// Rows of a series: what an answer of some megabytes holds.
constexpr int64_t kMaxPoints = 25'000;
constexpr std::string_view kTagPrefix = "tag:";

UnixMillis floorTo(UnixMillis time, UnixMillis unit) {
  return time - ((time % unit) + unit) % unit;
}
UnixMillis ceilTo(UnixMillis time, UnixMillis unit) { return floorTo(time + unit - 1, unit); }

void readGroup(QueryReader& query, AnalyticsQuery& out) {
  out.group_by = query.text("group_by");
  if (out.group_by.empty()) return;
  constexpr std::pair<std::string_view, GroupBy> kGroups[] = {
      {"model", GroupBy::Model},      {"provider", GroupBy::Provider},
      {"project", GroupBy::Project},  {"api_key", GroupBy::ApiKey},
      {"end_user", GroupBy::EndUser}, {"routing_config", GroupBy::RoutingConfig}};
  for (const auto& [name, group] : kGroups) {
    if (out.group_by == name) out.rollups.group_by = group;
  }
  if (out.group_by.starts_with(kTagPrefix)) {
    out.rollups.group_by = GroupBy::Tag;
    out.rollups.tag_key = out.group_by.substr(kTagPrefix.size());
  }
  const bool tag_without_key = out.rollups.group_by == GroupBy::Tag && out.rollups.tag_key.empty();
  if (out.rollups.group_by == GroupBy::None || tag_without_key) {
    query.fail("group_by",
               "must be one of model, provider, project, api_key, end_user, routing_config, "
               "tag:<key>");
  }
}

void readFilters(QueryReader& query, store::RollupQuery& out) {
  // Deleted projects are always counted: what they spent was spent.
  query.choice("include_deleted", {"true"});
  out.api_key_id = query.text("api_key_id");
  out.provider = query.text("provider");
  out.model = query.text("model");
  out.routing_config_id = query.text("routing_config_id");
}

void readTag(QueryReader& query, store::RollupQuery& out) {
  out.end_user = query.text("end_user");
  const auto tags = query.tags("tags");
  if (tags.size() > 1) query.fail("tags", "takes one tag here: roll-ups keep each tag apart");
  if (tags.size() == 1) out.tag = tags[0];
}

void readFormat(QueryReader& query, const Call& call, AnalyticsQuery& out) {
  if (const auto format = query.choice("format", {"json", "csv"})) {
    out.csv = *format == 1;
  } else {
    out.csv = call.request.headers.get("Accept").starts_with("text/csv");
  }
}

struct Range {
  std::optional<UnixMillis> start, end;
  std::optional<Granularity> granularity;
};

// Nothing of an answer is before 1970 but what a start is compared with, and a day that ends later
// than the last one here ends in the year 10000.
std::optional<UnixMillis> readTime(QueryReader& query, std::string_view name) {
  const auto time = query.time(name);
  if (!time || (*time >= 0 && *time <= kLastDay)) return time;
  query.fail(name, "must be between 1970-01-01 and 9999-12-31");
  return std::nullopt;
}

Range readRange(QueryReader& query) {
  Range range{readTime(query, "start"), readTime(query, "end"), {}};
  if (const auto choice = query.choice("granularity", {"hour", "day"})) {
    range.granularity = static_cast<Granularity>(*choice);
  }
  return range;
}

// Absent: hours for up to three days, else days.
void setTimes(QueryReader& query, const Range& range, UnixMillis now, AnalyticsQuery& out) {
  store::RollupQuery& rollups = out.rollups;
  const UnixMillis end = range.end.value_or(now);
  const bool is_short = end - range.start.value_or(end - kDay) <= 3 * kDay;
  rollups.granularity = range.granularity.value_or(is_short ? Granularity::Hour : Granularity::Day);
  const bool hourly = rollups.granularity == Granularity::Hour;
  const UnixMillis start = range.start.value_or(end - (hourly ? kDay : 30 * kDay));
  if (start >= end) return query.fail("start", "must be before the end, which is now when absent");
  const int64_t most = hourly ? kMaxHourlyDays : kMaxDailyDays;
  if (end - start > most * kDay) {
    return query.fail(
        "start", fmt::format("must be at most {} days before the end with granularity {}", most,
                             hourly ? "hour" : "day"));
  }
  const UnixMillis oldest_hour = ceilTo(now - store::kHourRollupDays * kDay, kHour);
  if (hourly && floorTo(start, kHour) < oldest_hour) {
    return query.fail("start",
                      fmt::format("is older than {} days, for which hours are kept; ask for "
                                  "granularity=day",
                                  store::kHourRollupDays));
  }
  const UnixMillis first_read = out.comparison ? start - (end - start) : start;
  const bool by_hours = hourly || floorTo(first_read, kHour) >= oldest_hour;
  rollups.start = floorTo(start, by_hours ? kHour : kDay);
  rollups.end = ceilTo(end, by_hours ? kHour : kDay);
}

void readLimit(QueryReader& query, store::RollupQuery& rollups) {
  const auto limit = query.integer("limit", 1, kMaxGroups);
  if (rollups.group_by == GroupBy::None || rollups.start >= rollups.end) return;
  const UnixMillis width = rollups.granularity == Granularity::Hour ? kHour : kDay;
  const int64_t buckets = (rollups.end - rollups.start) / width + 1;
  if (limit && *limit * buckets > kMaxPoints) {
    query.fail("limit", fmt::format("must be at most {} for so long a time at this granularity",
                                    kMaxPoints / buckets));
  }
  rollups.limit =
      static_cast<size_t>(limit.value_or(std::min(kDefaultGroups, kMaxPoints / buckets)));
}

Result<AnalyticsQuery> checked(QueryReader& query, Services& services, const Call& call,
                               AnalyticsQuery out) {
  if (const auto problem = out.rollups.problem()) query.fail(problem->first, problem->second);
  const std::string project = query.text("project_id");
  if (auto good = query.finish(); !good) return std::move(good).error();
  auto projects = pastProjectFilter(services, call, project);
  if (!projects) return std::move(projects).error();
  out.rollups.project_ids = *std::move(projects);
  return out;
}

}  // namespace

store::RollupQuery AnalyticsQuery::previous() const {
  store::RollupQuery before = rollups;
  // A tag that groups says which requests the report is about.
  if (before.group_by != GroupBy::Tag) before.group_by = GroupBy::None;
  before.limit = 1;
  before.end = rollups.start;
  before.start = rollups.start - (rollups.end - rollups.start);
  return before;
}

Result<AnalyticsQuery> readReportQuery(Services& services, const Call& call) {
  QueryReader query(call.request);
  AnalyticsQuery out;
  readGroup(query, out);
  readFilters(query, out.rollups);
  readTag(query, out.rollups);
  readFormat(query, call, out);
  out.comparison = query.choice("include_comparison", {"false", "true"}) == size_t{1};
  setTimes(query, readRange(query), call.now, out);
  readLimit(query, out.rollups);
  return checked(query, services, call, std::move(out));
}

Result<AnalyticsQuery> readDecisionsQuery(Services& services, const Call& call) {
  QueryReader query(call.request);
  AnalyticsQuery out;
  readFilters(query, out.rollups);
  readFormat(query, call, out);
  Range range = readRange(query);
  range.granularity = Granularity::Day;
  if (!range.start) range.start = range.end.value_or(call.now) - kDay;
  setTimes(query, range, call.now, out);
  out.rollups.limit = static_cast<size_t>(query.integer("limit", 1, kMaxGroups).value_or(20));
  return checked(query, services, call, std::move(out));
}

}  // namespace penstock::manage
