#include "store/log_filter.h"

#include <algorithm>

namespace penstock::store {
namespace {

template <typename List, typename Value>
bool has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool admits(const std::string& wanted, const std::string& value) {
  return wanted.empty() || wanted == value;
}

bool admits(StatusClass wanted, int status) {
  switch (wanted) {
    case StatusClass::Any: return true;
    case StatusClass::Success: return status >= 200 && status < 300;
    case StatusClass::ClientError: return status >= 400 && status < 500;
    case StatusClass::ServerError: return status >= 500;
  }
  return true;
}

bool isInTime(const LogFilter& filter, const model::RequestLog& row) {
  return (!filter.start || row.created_at >= *filter.start) &&
         (!filter.end || row.created_at < *filter.end) &&
         (!filter.min_latency_us || row.latency_us >= *filter.min_latency_us);
}

bool isOfRoute(const LogFilter& filter, const model::RequestLog& row) {
  const bool of_model = admits(filter.model, row.model) || filter.model == row.requested_model;
  const bool of_provider =
      admits(filter.provider, row.provider) || filter.provider == row.provider_id;
  return of_model && of_provider && admits(filter.routing_config_id, row.routing_config_id) &&
         admits(filter.ab_variant, row.ab_variant);
}

bool isOfCaller(const LogFilter& filter, const model::RequestLog& row) {
  const bool of_project = filter.project_ids.empty() || has(filter.project_ids, row.project_id);
  const bool tagged = std::all_of(filter.tags.begin(), filter.tags.end(),
                                  [&](const auto& tag) { return has(row.tags, tag); });
  return of_project && tagged && admits(filter.api_key_id, row.api_key_id) &&
         admits(filter.end_user, row.end_user) &&
         admits(filter.conversation_id, row.conversation_id) &&
         admits(filter.trace_id, row.trace_id);
}

}  // namespace

bool matches(const LogFilter& filter, const model::RequestLog& row) {
  return admits(filter.status, row.status) && admits(filter.error_class, row.error_class) &&
         isInTime(filter, row) && isOfRoute(filter, row) && isOfCaller(filter, row);
}

}  // namespace penstock::store
