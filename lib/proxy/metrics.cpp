#include "proxy/metrics.h"

namespace penstock::proxy {

RequestMetrics::Series& RequestMetrics::series(const model::RequestLog& row) {
  key_.assign(row.endpoint)
      .append("|")
      .append(row.provider)
      .append("|")
      .append(std::to_string(row.status));
  const auto found = series_.find(key_);
  if (found != series_.end()) return found->second;
  const metrics::Labels labels = {{"endpoint", row.endpoint},
                                  {"provider", row.provider},
                                  {"status", std::to_string(row.status)}};
  const metrics::Labels served = {{"endpoint", row.endpoint}, {"provider", row.provider}};
  Series series;
  series.requests = &registry_.counter("penstock_requests_total",
                                       "Requests by endpoint, provider and status.", labels);
  series.latency = &registry_.histogram("penstock_request_seconds",
                                        "Time from arrival to the end of the answer.", served);
  series.first_byte = &registry_.histogram("penstock_first_byte_seconds",
                                           "Time from arrival to the first content byte.", served);
  series.input_tokens = &registry_.counter("penstock_input_tokens_total",
                                           "Input tokens, cached ones included.", served);
  series.output_tokens =
      &registry_.counter("penstock_output_tokens_total", "Output tokens.", served);
  series.cost_nanos = &registry_.counter("penstock_cost_nanodollars_total",
                                         "Cost in billionths of a US dollar.", served);
  series.ceiling_priced = &registry_.counter(
      "penstock_ceiling_priced_requests_total",
      "Requests to models of which no price is known, charged the dearest rates instead.", served);
  return series_.emplace(key_, series).first->second;
}

void RequestMetrics::count(const model::RequestLog& row) {
  Series& s = series(row);
  s.requests->add();
  s.latency->observeMicros(row.latency_us);
  if (row.ttft_us >= 0) s.first_byte->observeMicros(row.ttft_us);
  s.input_tokens->add(static_cast<uint64_t>(row.usage.input()));
  s.output_tokens->add(static_cast<uint64_t>(row.usage.output()));
  s.cost_nanos->add(static_cast<uint64_t>(row.cost_total.nanos));
  if (row.basis == model::PriceBasis::Ceiling) s.ceiling_priced->add();
}

}  // namespace penstock::proxy
