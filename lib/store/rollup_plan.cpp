// Which roll-ups and which entries of them a query reads.
#include <algorithm>

#include "store/rollup_query.h"

namespace penstock::store {
namespace {

constexpr std::string_view kProviderIdPrefix = "prov_";

RollupKind kindOf(const RollupQuery& query) {
  if (query.group_by == GroupBy::EndUser || !query.end_user.empty()) return RollupKind::EndUsers;
  if (query.group_by == GroupBy::Tag || query.tag) return RollupKind::Tags;
  return RollupKind::Routes;
}

std::optional<size_t> groupPart(RollupKind kind, GroupBy group) {
  const bool tags = kind == RollupKind::Tags;
  switch (group) {
    case GroupBy::Model: return tags ? tag_part::kModelText : route_part::kModelText;
    case GroupBy::Provider: return tags ? tag_part::kVendor : route_part::kVendor;
    case GroupBy::ApiKey: return route_part::kApiKey;
    case GroupBy::RoutingConfig: return route_part::kConfig;
    case GroupBy::EndUser: return end_user_part::kEndUserText;
    case GroupBy::Tag: return tag_part::kValueText;
    case GroupBy::None:
    case GroupBy::Project: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::pair<std::string, std::string>> RollupQuery::problem() const {
  const bool by_user = group_by == GroupBy::EndUser || !end_user.empty();
  const bool by_tag = group_by == GroupBy::Tag || tag.has_value();
  const char* const apart = "cannot be combined with ";
  if (by_user && by_tag) {
    return std::pair(group_by == GroupBy::EndUser || group_by == GroupBy::Tag ? "group_by" : "tags",
                     std::string("end users and tags cannot be asked for together"));
  }
  if (group_by == GroupBy::Tag && tag && tag->first != tag_key) {
    return std::pair("tags", "with group_by tag:" + tag_key + " only that tag can be given");
  }
  if (!by_user && !by_tag) return std::nullopt;
  const std::string what = by_user ? "end users" : "tags";
  if (!api_key_id.empty()) return std::pair("api_key_id", apart + what);
  if (!routing_config_id.empty()) return std::pair("routing_config_id", apart + what);
  if (group_by == GroupBy::ApiKey || group_by == GroupBy::RoutingConfig) {
    return std::pair("group_by", "api_key and routing_config cannot be combined with " + what);
  }
  if (by_tag && provider.starts_with(kProviderIdPrefix)) {
    return std::pair("provider", "must be a vendor: tags are not kept apart by providers' ids");
  }
  if (!by_user) return std::nullopt;
  if (!provider.empty()) return std::pair("provider", apart + what);
  if (!model.empty()) return std::pair("model", apart + what);
  if (group_by == GroupBy::Model || group_by == GroupBy::Provider) {
    return std::pair("group_by", "model and provider cannot be combined with " + what);
  }
  return std::nullopt;
}

bool RollupPlan::isAbout(uint32_t project) const {
  return projects.empty() || std::find(projects.begin(), projects.end(), project) != projects.end();
}

bool RollupPlan::matches(const RollupKey& key) const {
  return std::all_of(parts.begin(), parts.end(), [&](const Part& part) {
    return key[part.part] == part.id || key[part.other] == part.id;
  });
}

std::optional<RollupPlan> RollupQueries::planOf(const RollupQuery& query) {
  RollupPlan plan;
  plan.kind = kindOf(query);
  plan.granularity = query.granularity;
  plan.first_hour = hourOf(query.start);
  plan.end_hour = hourOf(query.end + kMillisPerHour - 1);
  if (plan.first_hour >= plan.end_hour) return std::nullopt;
  plan.group_part = groupPart(plan.kind, query.group_by);
  plan.group_by_project = query.group_by == GroupBy::Project;
  if (!addProjects(query, plan) || !addParts(query, plan)) return std::nullopt;
  return plan;
}

bool RollupQueries::addProjects(const RollupQuery& query, RollupPlan& plan) {
  for (const std::string& project : query.project_ids) {
    if (const auto id = dictionary_.find(project)) {
      plan.projects.push_back(static_cast<uint32_t>(*id));
    }
  }
  return query.project_ids.empty() || !plan.projects.empty();
}

bool RollupQueries::addParts(const RollupQuery& query, RollupPlan& plan) {
  bool known = true;
  const auto add = [&](size_t part, size_t other, std::optional<int64_t> id) {
    known = known && id;
    if (id) plan.parts.push_back({part, other, static_cast<uint32_t>(*id)});
  };
  const auto add_word = [&](size_t part, size_t other, const std::string& text) {
    if (!text.empty()) add(part, other, dictionary_.find(text));
  };
  const auto add_text = [&](size_t part, const std::string& text) {
    if (!text.empty()) add(part, part, textId(text));
  };
  switch (plan.kind) {
    case RollupKind::Routes:
      add_word(route_part::kApiKey, route_part::kApiKey, query.api_key_id);
      add_word(route_part::kVendor, route_part::kProvider, query.provider);
      add_word(route_part::kConfig, route_part::kConfig, query.routing_config_id);
      add_text(route_part::kModelText, query.model);
      break;
    case RollupKind::EndUsers: add_text(end_user_part::kEndUserText, query.end_user); break;
    case RollupKind::Tags:
      add_word(tag_part::kVendor, tag_part::kVendor, query.provider);
      add_text(tag_part::kModelText, query.model);
      add_text(tag_part::kKeyText, query.tag ? query.tag->first : query.tag_key);
      // Also the empty value: a tag without one is a tag.
      if (query.tag) add(tag_part::kValueText, tag_part::kValueText, textId(query.tag->second));
      break;
  }
  return known;
}

// Whole days are read from days, and from those of their hours that the day does not have yet; the
// ends of the range from hours.
void RollupQueries::eachRollup(const RollupPlan& plan, const EachRollup& f) {
  const int64_t first_day = dayOf(plan.first_hour + kHoursPerDay - 1);
  const int64_t end_day = dayOf(plan.end_hour);
  if (plan.granularity == Granularity::Hour || first_day >= end_day) {
    return eachBetween(plan, RollupGrain::Hour, plan.first_hour, plan.end_hour, Which::All, f);
  }
  const int64_t days_begin = first_day * kHoursPerDay;
  const int64_t days_end = end_day * kHoursPerDay;
  eachBetween(plan, RollupGrain::Hour, plan.first_hour, days_begin, Which::All, f);
  eachBetween(plan, RollupGrain::Day, first_day, end_day, Which::All, f);
  eachBetween(plan, RollupGrain::Hour, days_begin, days_end, Which::Unfolded, f);
  eachBetween(plan, RollupGrain::Hour, days_end, plan.end_hour, Which::All, f);
}

void RollupQueries::eachBetween(const RollupPlan& plan, RollupGrain grain, int64_t from, int64_t to,
                                Which which, const EachRollup& f) {
  if (from >= to) return;
  // SQLite would walk all hours of the range to find the unfolded ones.
  storage::Statement select(db_, "SELECT id, bucket, project_id, totals FROM rollup ",
                            which == Which::All
                                ? "WHERE kind = ? AND grain = ? AND bucket >= ? AND bucket < ?"
                                : "INDEXED BY rollup_unfolded WHERE kind = ? AND grain = ? AND "
                                  "grain = 1 AND folded = 0 AND bucket >= ? AND bucket < ?");
  storage::Rows rows = select.query(static_cast<int>(plan.kind), static_cast<int>(grain), from, to);
  while (rows.next()) {
    const auto project = static_cast<uint32_t>(rows.integer(2));
    if (!plan.isAbout(project)) continue;
    const int64_t bucket = rows.integer(1);
    f({rows.integer(0), grain == RollupGrain::Hour ? plan.bucketOf(bucket) : bucket, project,
       rows.blob(3)});
  }
}

std::optional<uint32_t> RollupQueries::textId(std::string_view text) {
  if (text.empty()) return 0;
  storage::Statement find(db_, "SELECT id FROM rollup_text WHERE text = ?");
  const int64_t id = find.integer(0, text);
  if (id == 0) return std::nullopt;
  return static_cast<uint32_t>(id);
}

std::string RollupQueries::text(uint32_t id) {
  if (id == 0) return {};
  storage::Statement find(db_, "SELECT text FROM rollup_text WHERE id = ?");
  storage::Rows rows = find.query(id);
  return rows.next() ? rows.string(0) : std::string(kOtherGroup);
}

}  // namespace penstock::store
