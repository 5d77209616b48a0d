#pragma once

#include <array>
#include <string>
#include <unordered_map>

#include "base/text.h"
#include "metrics/registry.h"
#include "model/request_log.h"

namespace penstock::proxy {

// Counts finished requests. One a loop: it remembers the registry's series, so that a request takes
// no lock.
class RequestMetrics {
 public:
  explicit RequestMetrics(metrics::Registry& registry) : registry_(registry) {}
  void count(const model::RequestLog& row);

 private:
  struct Series {
    metrics::Counter* requests = nullptr;
    metrics::Histogram* latency = nullptr;
    metrics::Histogram* first_byte = nullptr;
    metrics::Counter* input_tokens = nullptr;
    metrics::Counter* output_tokens = nullptr;
    metrics::Counter* cost_nanos = nullptr;
    metrics::Counter* ceiling_priced = nullptr;
  };
  Series& series(const model::RequestLog& row);

  metrics::Registry& registry_;
  std::unordered_map<std::string, Series, TextHash, std::equal_to<>> series_;
  std::string key_;  // reused
};

}  // namespace penstock::proxy
