#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/request_log.h"
#include "store/log_filter.h"
#include "store/rollups.h"

namespace penstock::store {

struct LogPage {
  std::vector<model::RequestLog> rows;  // newest arrival first, without bodies and decision
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
  // With the decision, and bodies where they were retained. An id that is no UUID is not found.
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
