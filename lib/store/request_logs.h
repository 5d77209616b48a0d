#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/request_log.h"
#include "store/rollups.h"

namespace penstock::store {

enum class StatusClass : uint8_t { Any, Success, ClientError, ServerError };  // 2xx, 4xx, 5xx

// Absent and empty fields do not restrict.
struct LogFilter {
  std::vector<std::string> project_ids = {};  // any of them
  StatusClass status = StatusClass::Any;
  std::string model = {};     // as served, or as requested
  std::string provider = {};  // vendor, or id of the credential
  std::string end_user = {};
  std::string conversation_id = {};
  std::string trace_id = {};
  std::vector<std::pair<std::string, std::string>> tags = {};  // all of them
  std::optional<UnixMillis> start = {};                        // inclusive
  std::optional<UnixMillis> end = {};                          // exclusive
  std::optional<int64_t> min_latency_us = {};
  int64_t before = 0;  // cursor: the `next` of the page before; 0 for the newest
  size_t limit = 50;
};

struct LogPage {
  std::vector<model::RequestLog> rows;  // newest arrival first, without bodies
  int64_t next = 0;                     // `before` of the next page; 0 at the end
};

// How much of the log to keep. Zero does not limit.
struct Retention {
  int days = 30;
  int64_t bytes = int64_t{2} << 30;  // of log.db on disk, write-ahead log included
};

struct Retained {
  int64_t deleted = 0;
  bool more = false;  // call again: this was one bounded piece of the work
};

// log.db. All methods are thread-safe: writes take turns on one connection, reads have their own.
// Failures of the disk throw storage::SqlError; append() then has stored nothing of its batch and
// may be tried again.
class LogStore {
 public:
  virtual ~LogStore() = default;

  // Stores the rows in one transaction. Two rows with one request_id are both kept.
  virtual void append(std::span<const model::RequestLog> rows) = 0;
  virtual LogPage list(const LogFilter& filter) = 0;
  // With bodies, where they were retained. An id that is no UUID is not found.
  virtual std::optional<model::RequestLog> find(std::string_view request_id) = 0;
  virtual int64_t count() = 0;
  // From the roll-ups, every row appended before the call included. `query` has no problem().
  virtual RollupReport report(const RollupQuery& query) = 0;
  // The same by every way that requests went; group_by and limit do not matter, and the query names
  // no end user and no tag.
  virtual std::vector<RouteTotals> routes(const RollupQuery& query) = 0;
  // Brings the roll-ups up to date, deletes those that are too old and some of the oldest rows if
  // there is too much; some milliseconds a call.
  virtual Retained retain(const Retention& retention, UnixMillis now) = 0;
  virtual int64_t sizeBytes() = 0;  // on disk
};

}  // namespace penstock::store
