#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/statement.h"
#include "store/log_row.h"
#include "store/request_logs.h"
#include "store/rollup_query.h"

namespace penstock::store {

// Reads log.db over one connection of the pool.
class LogReader {
 public:
  explicit LogReader(const std::filesystem::path& file)
      : db_(file, {.access = storage::Access::ReadOnly}) {}

  LogPage list(const LogFilter& filter);
  std::optional<model::RequestLog> find(std::string_view request_id);
  int64_t count() { return count_.integer(0); }
  RollupReport report(const RollupQuery& query) {
    return RollupQueries(db_, dictionary_).report(query);
  }
  std::vector<RouteTotals> routes(const RollupQuery& query) {
    return RollupQueries(db_, dictionary_).routes(query);
  }

 private:
  storage::Database db_;
  LogDictionary dictionary_{db_};
  // The newest of that id, should a caller have sent one twice.
  storage::Statement find_{db_, selectRows(), "WHERE request_id = ? ORDER BY id DESC LIMIT 1"};
  storage::Statement payload_{
      db_,
      "SELECT request_body, response_body, decision, decision_head_id FROM request_payload "
      "WHERE log_id = ?"};
  storage::Statement count_{db_, "SELECT count(*) FROM request_log"};

  static std::string selectRows();
};

}  // namespace penstock::store
