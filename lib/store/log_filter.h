#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/request_log.h"

namespace penstock::store {

enum class StatusClass : uint8_t { Any, Success, ClientError, ServerError };  // 2xx, 4xx, 5xx

// Which rows of the request log are meant. Absent and empty fields do not restrict.
struct LogFilter {
  std::vector<std::string> project_ids = {};  // any of them
  StatusClass status = StatusClass::Any;
  std::string model = {};     // as served, or as requested
  std::string provider = {};  // vendor, or id of the credential
  std::string api_key_id = {};
  std::string routing_config_id = {};
  std::string error_class = {};
  std::string ab_variant = {};
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

// Whether the row is meant: the same choice as list() makes, of a row in memory. The cursor and the
// limit do not matter.
bool matches(const LogFilter& filter, const model::RequestLog& row);

}  // namespace penstock::store
