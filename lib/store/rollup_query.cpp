#include "store/rollup_query.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace penstock::store {
namespace {

// Where the sums of a report are put together: a row a bucket, a column a group.
struct Grid {
  int64_t first_bucket;
  size_t columns;
  std::vector<model::RequestTotals> cells;

  model::RequestTotals& at(int64_t bucket, size_t column) {
    return cells[static_cast<size_t>(bucket - first_bucket) * columns + column];
  }

  // A column that holds all, and then what no other has.
  void subtractOthersFrom(size_t column) {
    for (size_t i = 0; i < cells.size(); ++i) {
      const size_t row = i / columns * columns;
      if (i != row + column) cells[row + column] -= cells[i];
    }
  }
};

Grid gridFor(const RollupPlan& plan, size_t columns) {
  const int64_t first = plan.bucketOf(plan.first_hour);
  const auto buckets = static_cast<size_t>(plan.bucketOf(plan.end_hour - 1) - first + 1);
  return {first, columns, std::vector<model::RequestTotals>(buckets * columns)};
}

UnixMillis timeOf(const RollupPlan& plan, int64_t bucket) {
  return bucket * (plan.granularity == Granularity::Hour ? 1 : kHoursPerDay) * kMillisPerHour;
}

// Sums the grid up and leaves out what had no requests.
RollupReport reportOf(const RollupPlan& plan, Grid& grid, const std::vector<std::string>& names) {
  RollupReport report;
  for (const std::string& name : names) report.groups.push_back({name, {}});
  for (size_t i = 0; i < grid.cells.size(); ++i) {
    if (grid.cells[i].requests == 0) continue;
    const size_t group = i % grid.columns;
    const int64_t bucket = grid.first_bucket + static_cast<int64_t>(i / grid.columns);
    report.groups[group].totals += grid.cells[i];
    report.totals += grid.cells[i];
    report.series.push_back({timeOf(plan, bucket), group, std::move(grid.cells[i])});
  }
  return report;
}

}  // namespace

uint32_t IdNumbers::take(uint32_t id) {
  const size_t page = id / kPage;
  if (page >= pages_.size()) pages_.resize(page + 1);
  if (!pages_[page]) {
    pages_[page] = std::make_unique<std::array<uint32_t, kPage>>();
    pages_[page]->fill(kNone);
  }
  uint32_t& number = (*pages_[page])[id % kPage];
  if (number == kNone) number = count_++;
  return number;
}

// The biggest groups: by cost, then requests. `all`: there is nothing besides them.
std::vector<uint32_t> RollupQueries::biggest(const RollupPlan& plan, RollupBlob& blob, size_t limit,
                                             bool& all) {
  struct Rank {
    uint32_t group;
    int64_t cost = 0;
    int64_t requests = 0;
  };
  std::vector<Rank> ranks;
  IdNumbers numbers;
  bool others = false;
  const bool by_text = plan.groupsByText();
  const auto note = [&](uint32_t group, const PackedEntry& entry) {
    if (by_text && group == kOtherText) {
      others = true;
      return false;
    }
    const uint32_t number = numbers.take(group);
    if (number == ranks.size()) ranks.push_back({group});
    ranks[number].cost += entry.cost_total.nanos;
    ranks[number].requests += entry.requests;
    return false;  // its head is enough
  };
  const auto nothing = [](uint32_t, const PackedEntry&) {};
  eachRollup(plan, [&](const Current& current) { sumsOf(plan, current, blob, note, nothing); });
  std::sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) {
    return std::tuple(-a.cost, -a.requests, a.group) < std::tuple(-b.cost, -b.requests, b.group);
  });
  all = ranks.size() <= limit && !others;
  if (ranks.size() > limit) ranks.resize(limit);
  std::vector<uint32_t> groups;
  groups.reserve(ranks.size());
  for (const Rank& rank : ranks) groups.push_back(rank.group);
  return groups;
}

RollupReport RollupQueries::report(const RollupQuery& query) {
  const storage::Transaction one_state(db_, storage::Transaction::Kind::Read);
  const auto plan = planOf(query);
  if (!plan) return {};
  RollupBlob blob(db_);
  bool all = true;
  const bool grouped = query.group_by != GroupBy::None;
  const std::vector<uint32_t> groups =
      grouped ? biggest(*plan, blob, query.limit, all) : std::vector<uint32_t>{0};
  IdNumbers columns;
  std::vector<std::string> names;
  for (const uint32_t group : groups) {
    columns.take(group);
    names.push_back(!grouped ? "" : plan->groupsByText() ? text(group) : word(group));
  }
  const size_t other = groups.size();
  if (!all) names.emplace_back(kOtherGroup);
  if (names.empty()) return {};
  Grid grid = gridFor(*plan, names.size());
  // What is left over is a roll-up's totals less the named groups: nobody reads the histograms of
  // 25,000.
  const bool subtracts = !all && plan->parts.empty() && plan->group_part;
  const auto wants = [&](uint32_t group, const PackedEntry&) {
    return !subtracts || columns.find(group) != IdNumbers::kNone;
  };
  eachRollup(*plan, [&](const Current& current) {
    if (subtracts) grid.at(current.bucket, other) += unpackTotals(current.totals);
    sumsOf(*plan, current, blob, wants, [&](uint32_t group, const PackedEntry& entry) {
      const uint32_t column = columns.find(group);
      entry.addTo(grid.at(current.bucket, column == IdNumbers::kNone ? other : column));
    });
  });
  if (subtracts) grid.subtractOthersFrom(other);
  return reportOf(*plan, grid, names);
}

std::vector<RouteTotals> RollupQueries::routes(const RollupQuery& query) {
  const storage::Transaction one_state(db_, storage::Transaction::Kind::Read);
  const auto plan = planOf(query);
  if (!plan) return {};
  // Ways are few: a few hundred, some thousand where callers invent models.
  std::map<std::pair<uint32_t, RollupKey>, model::RequestTotals> sums;
  RollupBlob blob(db_);
  const auto all = [](uint32_t, const PackedEntry&) { return true; };
  eachRollup(*plan, [&](const Current& current) {
    entriesOf(*plan, current, blob, all, [&](uint32_t, const PackedEntry& entry) {
      entry.addTo(sums[{current.project, entry.key}]);
    });
  });
  std::vector<RouteTotals> routes;
  for (auto& [place, totals] : sums) {
    const RollupKey& key = place.second;
    routes.push_back({.project_id = word(place.first),
                      .api_key_id = word(key[route_part::kApiKey]),
                      .provider = word(key[route_part::kVendor]),
                      .provider_id = word(key[route_part::kProvider]),
                      .model = text(key[route_part::kModelText]),
                      .routing_config_id = word(key[route_part::kConfig]),
                      .resolved = word(key[route_part::kResolved]),
                      .error_class = word(key[route_part::kErrorClass]),
                      .routing_config_version = key[route_part::kConfigVersion],
                      .outcome = static_cast<StatusOutcome>(key[route_part::kOutcome]),
                      .totals = std::move(totals)});
  }
  return routes;
}

}  // namespace penstock::store
