#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/request_totals.h"

// Questions about many requests, answered from roll-ups by LogStore. A roll-up sums the requests of
// an hour or a day (UTC, by arrival) that are alike; sums of them are exact.
namespace penstock::store {

// How long roll-ups are kept, whatever becomes of the rows.
constexpr int kHourRollupDays = 35;
constexpr int kDayRollupDays = 400;

// Combinations that one bucket keeps apart for a project. What comes after goes to kOtherGroup, so
// that callers who invent models, end users or tags do not make roll-ups grow without bound.
constexpr size_t kMaxRoutesPerBucket = 2'000;
constexpr size_t kMaxEndUsersPerBucket = 25'000;
constexpr size_t kMaxTagsPerBucket = 10'000;  // of tag key, value, vendor and model
constexpr const char* kOtherGroup = "(other)";

enum class StatusOutcome : uint8_t { Success, ClientError, ServerError, ClientGone };  // 499

enum class GroupBy : uint8_t {
  None,
  Model,  // as served
  Provider,
  Project,
  ApiKey,
  RoutingConfig,
  EndUser,
  Tag,
};

enum class Granularity : uint8_t { Hour, Day };

// What end users and tags can be filtered by is less (`problem()`): they are kept apart from the
// rest, since together they would be as many as the requests.
struct RollupQuery {
  UnixMillis start = 0;  // inclusive; both at whole hours
  UnixMillis end = 0;    // exclusive
  Granularity granularity = Granularity::Hour;
  GroupBy group_by = GroupBy::None;
  std::string tag_key = {};  // of GroupBy::Tag
  size_t limit = 100;        // groups with a name; what is left of them is in kOtherGroup
  // Absent and empty fields do not restrict.
  std::vector<std::string> project_ids = {};  // any of them
  std::string api_key_id = {};
  std::string provider = {};  // vendor, or id of the credential; with tags, the vendor only
  std::string model = {};     // as served
  std::string routing_config_id = {};
  std::string end_user = {};
  std::optional<std::pair<std::string, std::string>> tag = {};

  // What of it cannot be asked together: the parameter and why.
  std::optional<std::pair<std::string, std::string>> problem() const;
};

struct RollupGroup {
  std::string name;  // empty: requests that have none, such as no model when resolution failed
  model::RequestTotals totals;
};

struct RollupPoint {
  UnixMillis bucket;  // its start
  size_t group;       // in `groups`
  model::RequestTotals totals;
};

struct RollupReport {
  model::RequestTotals totals;
  std::vector<RollupGroup> groups;  // the dearest first, kOtherGroup last; one without group_by
  std::vector<RollupPoint> series;  // by bucket, then group; only what has requests
};

// One way that requests went, summed over all of a query's time.
struct RouteTotals {
  std::string project_id, api_key_id, provider, provider_id, model, routing_config_id, resolved,
      error_class;
  int64_t routing_config_version = 0;
  StatusOutcome outcome = StatusOutcome::Success;
  model::RequestTotals totals;
};

}  // namespace penstock::store
