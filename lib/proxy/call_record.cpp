#include "proxy/call_record.h"

#include <utility>

namespace penstock::proxy {
namespace {

constexpr size_t kMaxUpstreamId = 128;

int64_t micros(SteadyTime::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

}  // namespace

void CallRecord::begin(const model::Provider& provider, SteadyTime arrived, UnixMillis now) {
  under_way_ = true;
  began_at_ = std::chrono::steady_clock::now();
  attempt_.provider = provider.vendor;
  attempt_.provider_id = provider.id;
  attempt_.started_at = now;
  attempt_.offset_us = micros(began_at_ - arrived);
}

void CallRecord::noteHead(const http::ResponseHead& head, const http::Call& call,
                          std::string_view id_header) {
  attempt_.http_status = head.status;
  attempt_.connect_us = call.timings().connected.count();
  attempt_.head_us = call.timings().head.count();
  attempt_.upstream_request_id = std::string(head.headers.get(id_header).substr(0, kMaxUpstreamId));
}

void CallRecord::end(std::string_view status, model::RequestLog& row) {
  if (!std::exchange(under_way_, false)) return;
  attempt_.status = status;
  attempt_.latency_us = micros(std::chrono::steady_clock::now() - began_at_);
  row.upstream_connect_us = attempt_.connect_us;
  row.upstream_head_us = attempt_.head_us;
  row.attempts = 1;
  row.attempt_log.push_back(std::move(attempt_));
}

}  // namespace penstock::proxy
