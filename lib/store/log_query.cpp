#include "store/log_query.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "store/conditions.h"
#include "store/rows.h"

namespace penstock::store {
namespace {

// The literal 400 lets SQLite use the partial index of failures.
void addStatus(Conditions& where, StatusClass status) {
  switch (status) {
    case StatusClass::Any: return;
    case StatusClass::Success: return where.add("status BETWEEN 200 AND 299");
    case StatusClass::ClientError: return where.add("status >= 400 AND status < 500");
    case StatusClass::ServerError: return where.add("status >= 400 AND status >= 500");
  }
}

void addRange(Conditions& where, const LogFilter& filter) {
  if (filter.start) where.add("id >= ?", logIdAt(*filter.start));
  if (filter.end) where.add("id < ?", logIdAt(*filter.end));
  if (filter.before > 0) where.add("id < ?", filter.before);
}

void addTexts(Conditions& where, const LogFilter& filter) {
  if (!filter.model.empty()) {
    where.add("(model = ? OR requested_model = ?)", filter.model, filter.model);
  }
  if (!filter.end_user.empty()) where.add("end_user = ?", filter.end_user);
  if (!filter.conversation_id.empty()) where.add("conversation_id = ?", filter.conversation_id);
  if (!filter.trace_id.empty()) where.add("trace_id = ?", filter.trace_id);
  for (const auto& [key, value] : filter.tags) {
    where.add("EXISTS (SELECT 1 FROM json_each(tags) t WHERE t.key = ? AND t.value = ?)", key,
              value);
  }
  if (filter.min_latency_us) where.add("latency_us >= ?", *filter.min_latency_us);
}

// False when none of them was ever logged.
bool addProjects(Conditions& where, const LogFilter& filter, LogDictionary& dictionary) {
  std::string ids;
  for (const std::string& project : filter.project_ids) {
    const auto id = dictionary.find(project);
    if (id) ids += (ids.empty() ? "" : ",") + std::to_string(*id);
  }
  if (ids.empty()) return false;
  where.add("project_id IN (SELECT value FROM json_each(?))", "[" + ids + "]");
  return true;
}

// False when a text was never logged, so that no row can match.
bool addWords(Conditions& where, const LogFilter& filter, LogDictionary& dictionary) {
  if (!filter.project_ids.empty() && !addProjects(where, filter, dictionary)) return false;
  if (!filter.provider.empty()) {
    const auto id = dictionary.find(filter.provider);
    if (!id) return false;
    where.add("(provider_vendor_id = ? OR provider_id = ?)", *id, *id);
  }
  for (const auto& [text, condition] : {std::pair{&filter.api_key_id, "api_key_id = ?"},
                                        {&filter.routing_config_id, "routing_config_id = ?"},
                                        {&filter.error_class, "error_class_id = ?"},
                                        {&filter.ab_variant, "ab_variant_id = ?"}}) {
    if (text->empty()) continue;
    const auto id = dictionary.find(*text);
    if (!id) return false;
    where.add(condition, *id);
  }
  return true;
}

}  // namespace

std::string LogReader::selectRows() {
  return "SELECT " + std::string(kLogColumns) + " FROM request_log ";
}

LogPage LogReader::list(const LogFilter& filter) {
  LogPage page;
  const storage::Transaction one_state(db_, storage::Transaction::Kind::Read);
  Conditions where;
  addRange(where, filter);
  addStatus(where, filter.status);
  if (!addWords(where, filter, dictionary_)) return page;
  addTexts(where, filter);
  const size_t limit = std::clamp<size_t>(filter.limit, 1, kMaxPage);
  storage::Statement select(
      db_, selectRows() + where.sql() + " ORDER BY id DESC LIMIT " + std::to_string(limit + 1));
  where.bindTo(select);
  storage::Rows rows = select.rows();
  int64_t last = 0;
  while (rows.next()) {
    if (page.rows.size() == limit) {
      page.next = last;
      break;
    }
    last = rows.integer(0);
    page.rows.push_back(readRow(rows, dictionary_));
  }
  return page;
}

std::optional<model::RequestLog> LogReader::find(std::string_view request_id) {
  const storage::Transaction one_state(db_, storage::Transaction::Kind::Read);
  storage::Rows rows = find_.query(storage::blob(requestKey(request_id)));
  if (!rows.next()) return std::nullopt;
  model::RequestLog log = readRow(rows, dictionary_);
  storage::Rows payload = payload_.query(rows.integer(0));
  if (payload.next()) {
    if (!payload.isNull(0)) log.request_body = std::string(payload.blob(0));
    if (!payload.isNull(1)) log.response_body = std::string(payload.blob(1));
    log.decision = dictionary_.text(payload.integer(3));
    if (!log.decision.empty()) log.decision += '\n';
    log.decision += payload.string(2);
  }
  return log;
}

}  // namespace penstock::store
