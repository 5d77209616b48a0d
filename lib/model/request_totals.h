#pragma once

#include <cstdint>

#include "base/money.h"
#include "model/latency_histogram.h"
#include "model/request_log.h"

namespace penstock::model {

// What a number of requests come to.
struct RequestTotals {
  int64_t requests = 0;
  int64_t errors = 0;     // answered with 400 and above, 499 (the caller left) included
  int64_t attempts = 0;   // calls of providers
  int64_t fallbacks = 0;  // requests with more than one attempt
  int64_t unpriced = 0;   // requests that used tokens of a model without a price: not in the cost
  Money cost_input, cost_output, cost_total;
  int64_t input_tokens = 0;  // cache reads included
  int64_t output_tokens = 0;
  int64_t cache_read_tokens = 0;
  LatencyHistogram latency;  // of all requests, errors included

  void add(const RequestLog& row);
  RequestTotals& operator+=(const RequestTotals& other);
  // `other` is part of this one.
  RequestTotals& operator-=(const RequestTotals& other);
  double errorRate() const {
    return requests == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(requests);
  }
};

}  // namespace penstock::model
